"""People with a reminder that is due, for the bench of sending: groups of ten that meet within a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from groups.models import PeerGroup
    from intake.models import Participant
    from psp.models import User
    from sessions.models import GroupSession

IN_A_GROUP = 10
AT_ONCE = 2000
CONSENTS = ("taking_part", "contact_email")


def people(number: int) -> list[Participant]:
    """Reachable by e-mail at any hour, half of them in French, each with a name in their messages."""
    made: list[Participant] = []
    while len(made) < number:
        made += _people(min(AT_ONCE, number - len(made)))
    return made


def _people(number: int) -> list[Participant]:
    from contact.models import SafeContact
    from demo import bulk
    from intake.models import Participant
    from psp.crypto import keyring
    from psp.models import Region, User

    keyring.clear()
    ids, region = [uuid4() for _ in range(number)], Region.objects.get(code="QC")
    keyring.create_many(ids)
    now = datetime.now().astimezone()
    users = [_user(User, pk, "fr" if place % 2 else "en", now) for place, pk in enumerate(ids)]
    bulk.create(users, history=False)
    rows = [Participant(user=user, region=region, program_region_id=region.program_region_id) for user in users]
    bulk.create(rows, history=False)
    choices = [
        SafeContact(person_id=user.pk, email_safe=True, language=user.language, name_to_use="Dominique")
        for user in users
    ]
    bulk.create(choices, history=False)
    _agree(users)
    return rows


def _user(model: type[User], pk: UUID, language: str, now: datetime) -> User:
    user = model(id=pk, username=f"s-{pk}", kind="participant", name="Dominique", language=language,
                 time_zone="America/Toronto", password="!", last_login=now)  # fmt: skip
    user.set_address(f"{str(pk)[:18]}@example.org")
    return user


def _agree(users: list[User]) -> None:
    from consent.models import Consent, ConsentVersion
    from demo import bulk

    versions = [ConsentVersion.objects.filter(purpose=one).order_by("-number")[0] for one in CONSENTS]
    rows = [
        Consent(person=user, version=version, purpose=version.purpose, language=user.language, text="Text",
                text_hash="0" * 64, ticked=[], typed_name="Typed Name")
        for user in users
        for version in versions
    ]  # fmt: skip
    bulk.create(rows, history=False)


def groups(members: list[Participant], by: User) -> list[PeerGroup]:
    from demo import bulk
    from groups.models import Membership, PeerGroup
    from psp.models import Region

    region = Region.objects.get(code="QC")
    made = [
        PeerGroup(kind="formal", name_en="Evenings", name_fr="Les soirs", program_region_id="QC", region=region,
                  language="fr", min_size=4, max_size=IN_A_GROUP, session_count=10, minutes=90,
                  time_zone="America/Toronto", starts_on=date(2027, 1, 4), start_time=time(19), created_by=by)
        for _number in range(len(members) // IN_A_GROUP)
    ]  # fmt: skip
    bulk.create(made, history=False)
    places = [Membership(group=made[place // IN_A_GROUP], participant=one) for place, one in enumerate(members)]
    bulk.create(places, history=False)
    return made


def sessions(of: list[PeerGroup], starts_at: datetime, number: int = 1) -> list[GroupSession]:
    from demo import bulk
    from sessions.models import GroupSession

    rows = [
        GroupSession(group=group, number=number, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90))
        for group in of
    ]
    bulk.create(rows, history=False)
    return rows


def reminders(of: list[GroupSession], members: list[Participant], due_at: datetime, hours: int) -> set[str]:
    """Rows of the outbox as the planner writes them; their ids."""
    from contact.models import OutboxMessage
    from contact.reminding import Due
    from demo import bulk
    from sessions.reminders import SOURCE

    rows = []
    for place, member in enumerate(members):
        session = of[place // IN_A_GROUP]
        context = {"at": session.starts_at.isoformat(), "session": str(session.pk), "revision": "0"}
        rows.append(
            OutboxMessage(key=SOURCE.key_of(Due(session.pk, member.user_id, "member", session.starts_at, 0, hours)),
                          person_id=member.user_id, template_id="session_reminder", context=context, due_at=due_at,
                          useful_until=session.starts_at)
        )  # fmt: skip
    bulk.create(rows, history=False)
    return {str(row.pk) for row in rows}
