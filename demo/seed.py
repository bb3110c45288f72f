"""Synthetic data through the rules of the program: eligibility, consent texts, group sizes, series of sessions.

Rows are written in bulk, with their history, in the order in which life would write them; the database's
triggers and constraints judge every one.
"""

from __future__ import annotations

from collections import Counter
from copy import copy
from datetime import date, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from consent.models import Consent, ConsentVersion
from consent.rules import ConsentVersion as ConsentText
from consent.rules import canonical_text, text_hash
from contact.models import SafeContact
from demo import bulk
from demo.figures import make_monthly_numbers
from demo.forming import make_forming
from demo.groups import make_groups
from demo.office import make_office
from demo.open_groups import make_open_groups
from demo.people import Person, make_people, make_waiting_people
from demo.supporters import make_others, make_ready
from demo.wishes import make_preferences
from demo.world import World
from intake.choices import ApplicationState, HoursFor, MeetingState
from intake.models import Application, EligibilityVersion, IntakeMeeting, Participant, WaitingPlace
from intake.rules import Affiliation, Answers, Service, assess, from_json
from intake.services_booking import add_hours, set_terms
from psp.accounts.services import enrol_totp
from psp.choices import Kind, Role
from psp.content import load
from psp.crypto import keyring
from psp.demo.accounts import ACCOUNTS, PARTICIPANTS, PASSWORD, TOTP_SECRET, DemoAccount
from psp.keys.models import DataKey
from psp.models import Region, RoleAssignment, User
from reporting.waiting.times import publish_waits

# Every signature and answer of the demo is made up; whoever reads one should see that at once.
TYPED_NAME = "Demo signature"
DEMO_LINK = "https://video.example.org/room"
DEMO_CALL_LINK = "https://video.example.org/calls"


class NotEmpty(Exception):
    """The database holds something that the demo did not make."""


def refuse_unless_empty() -> None:
    """Raise NotEmpty if there are accounts already: synthetic and real people must never mix."""
    if User.objects.exists():
        made_here = not User.objects.filter(made_by_demo=False).exists()
        raise NotEmpty(
            "The demo data are here already." if made_here else "This database holds data that the demo did not make."
        )


def seed(*, participants: int, seed: int, years: float, waiting: int = 0) -> Counter[str]:
    """Fill an empty database; returns how many of what were made. Raises NotEmpty. `waiting`: so many more who wait
    for a group that is to be formed."""
    refuse_unless_empty()
    world = World(rng=Random(seed), now=timezone.now())  # noqa: S311 - synthetic data  # nosec B311
    people = make_people(participants, seed=seed, now=world.now, years=years)
    with transaction.atomic():
        make_staff(world)
        make_ready(world)
        make_files(world, [*people, *make_waiting_people(waiting, seed=seed, now=world.now)])
        make_groups(world, people)
        make_forming(world)
        make_others(world)
        make_open_groups(world)
        make_office(world, people)
        make_monthly_numbers(world)
        publish_waits()
    return world.counts


# --- accounts -------------------------------------------------------------------------------------


def make_staff(world: World) -> None:
    for account in ACCOUNTS:
        world.staff[account.username] = make_account(account)
        if account.role == Role.COORDINATOR:
            world.coordinators[account.region] = world.staff[account.username]
            publish_hours(world.staff[account.username])
    world.counts["staff"] = len(ACCOUNTS)


def publish_hours(coordinator: User) -> None:
    """Hours for intake meetings in the late afternoon, and for short calls at noon, every working day."""
    set_terms(
        coordinator=coordinator, by=coordinator, time_zone=coordinator.time_zone, video_link=DEMO_LINK,
        call_link=DEMO_CALL_LINK, phone="+1 613 555 0100",
    )  # fmt: skip
    for kind, begin, end in ((HoursFor.MEETING, time(15), time(18)), (HoursFor.CALL, time(12), time(13))):
        for weekday in range(5):
            add_hours(
                coordinator=coordinator, by=coordinator, hours_for=kind, weekday=weekday, start=begin, end=end,
                begins=date(2026, 1, 1),
            )  # fmt: skip


def make_account(account: DemoAccount) -> User:
    user = User.objects.create_user(
        account.username, password=PASSWORD, kind=account.kind, email=account.email, name=account.name,
        language=account.language, time_zone=account.time_zone, made_by_demo=True,
    )  # fmt: skip
    RoleAssignment.objects.create(user=user, role=account.role, region_id=account.region or None)
    enrol_totp(user, TOTP_SECRET)
    return user


# --- applications ---------------------------------------------------------------------------------


def make_files(world: World, people: list[Person]) -> None:
    """Accounts, safe contact, consents and applications of all people."""
    named = choose_named(people)
    regions = Region.objects.in_bulk()
    for batch in bulk.batches(people):
        make_users(world, batch, named)
        rows = [make_participant(person, regions[person.province]) for person in batch]
        bulk.create(rows)
        world.participants.update({row.user_id: row for row in rows})
        bulk.create([make_safe_contact(person) for person in batch])
        bulk.create([make_preferences(person, world.participants[person.id]) for person in batch])
        bulk.create(make_consents(world, batch))
        make_applications(world, batch)
    world.counts["participants"] = len(people)


def choose_named(people: list[Person]) -> dict[UUID, str]:
    """Two people in Quebec, accepted for as much as anybody is, get the addresses that the README names."""
    found = [person for person in people if person.province == "QC" and person.fate == "accepted"]
    found.sort(key=lambda person: -len(person.services))
    return {person.id: email for person, email in zip(found, PARTICIPANTS, strict=False)}


def make_users(world: World, people: list[Person], named: dict[UUID, str]) -> None:
    # Keys have a database of their own: what an interrupted seeding left there opens nothing, and is in the way.
    DataKey.objects.filter(person__in=[person.id for person in people]).delete()
    keyring.create_many([person.id for person in people])
    zones = dict(Region.objects.values_list("code", "time_zone"))
    users = []
    for person in people:
        user = User(
            id=person.id, username=f"p-{person.id.hex[:24]}", kind=Kind.PARTICIPANT, name=person.name,
            language=person.language, time_zone=zones[person.province], made_by_demo=True, password="!",  # noqa: S106  # nosec B106
        )  # fmt: skip
        user.set_address(named.get(person.id, person.email))
        users.append(user)
    bulk.create(users)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users]
    )


def make_participant(person: Person, region: Region) -> Participant:
    return Participant(
        id=UUID(int=person.id.int ^ 1), user_id=person.id, region=region, program_region_id=region.program_region_id,
        modalities=list(person.modalities),
    )  # fmt: skip


def make_safe_contact(person: Person) -> SafeContact:
    contact = SafeContact(
        person_id=person.id,
        email_safe=True,
        call_safe=person.call_safe,
        language=person.language,
        name_to_use=person.name,
    )
    if person.call_safe:
        contact.set_phone(f"+1 613 555 {person.id.int % 10_000:04d}")
    return contact


def make_consents(world: World, people: list[Person]) -> list[Consent]:
    """The signatures that the form asks for; some people choose not to be counted in results."""
    texts = {item["code"]: ConsentText.from_json(item) for item in load("consents")["purposes"]}
    versions = {row.purpose: row for row in ConsentVersion.objects.filter(number=1)}
    rows = []
    for person in people:
        for purpose, text in texts.items():
            if _signs(person, purpose):
                rows.append(make_consent(person, text, versions[purpose]))
    return rows


def _signs(person: Person, purpose: str) -> bool:
    said = {"results": person.counted, "contact_phone": person.call_safe, "contact_sms": False, "contact_post": False,
            "evaluation": person.counted, "research": False, "story": False, "recording": False}  # fmt: skip
    return said.get(purpose, True)


def make_consent(person: Person, text: ConsentText, version: ConsentVersion) -> Consent:
    return Consent(
        person_id=person.id, version=version, purpose=text.purpose, language=person.language,
        text=canonical_text(text, person.language), text_hash=text_hash(text, person.language),
        ticked=[statement.code for statement in text.statements], typed_name=TYPED_NAME, signed_at=person.applied_at,
    )  # fmt: skip


def make_applications(world: World, people: list[Person]) -> None:
    version = EligibilityVersion.objects.order_by("-number")[0]
    rules = from_json(version.content["rules"])
    rows = []
    for person in people:
        answers = {"affiliation": person.affiliation, "adult": True, "experienced": True, "has_device": True,
                   "agrees_to_meeting": True}  # fmt: skip
        given = Answers(Affiliation(person.affiliation), True, True, True, True)
        assert assess(given, rules, services=[Service(name) for name in person.services]).eligible
        rows.append(make_application(world, person, version, answers))
    bulk.create(rows, history=False)
    bulk.remember([as_sent(row) for row in rows], "+", at="submitted_at")
    bulk.remember([row for row in rows if row.state != ApplicationState.SUBMITTED], "~", at="last_action_at")
    bulk.create([place for row in rows for place in make_waiting(world, row)])
    bulk.create([make_meeting(world, row) for row in rows if row.state in MEETING_STATES])
    world.counts["applications"] += len(rows)


MEETING_STATES = {ApplicationState.MEETING_SET: MeetingState.SET, ApplicationState.ACCEPTED: MeetingState.HELD}


def make_application(world: World, person: Person, version: EligibilityVersion, answers: dict[str, Any]) -> Application:
    participant = world.participants[person.id]
    untouched = person.fate == ApplicationState.SUBMITTED
    row = Application(
        id=UUID(int=person.id.int ^ 2), participant=participant, sent_key=UUID(int=person.id.int ^ 3), version=version,
        answers=answers, notice_version=1, services=list(person.services), language=person.language, state=person.fate,
        submitted_at=person.applied_at, last_action_at=person.applied_at + timedelta(days=0 if untouched else 2),
    )  # fmt: skip
    if person.fate in (ApplicationState.ACCEPTED, ApplicationState.DECLINED):
        row.decided_at = person.applied_at + timedelta(days=world.rng.randint(5, 19))
        row.last_action_at = row.decided_at
        row.decided_by = coordinator_for(world, participant)
        row.decision_version = version
    if person.fate == ApplicationState.ACCEPTED:
        row.accepted_for = list(person.services)
    if person.fate == ApplicationState.DECLINED:
        row.decision_reasons = ["no_device"]
    return row


def make_waiting(world: World, row: Application) -> list[WaitingPlace]:
    """Everybody waits once they are accepted; whoever then gets a place in a group waits no more."""
    places = [
        WaitingPlace(
            id=UUID(int=row.id.int ^ (16 + number)), participant=row.participant, application=row, service=service,
            since=row.submitted_at,
        )
        for number, service in enumerate(row.accepted_for)
    ]  # fmt: skip
    world.waiting.update({(row.participant.user_id, place.service): place for place in places})
    return places


def as_sent(row: Application) -> Application:
    """The application as it was when it arrived, for its history."""
    sent = copy(row)
    sent.state, sent.last_action_at = ApplicationState.SUBMITTED, row.submitted_at
    sent.decided_at = sent.decided_by = sent.decision_version = None
    sent.accepted_for, sent.decision_reasons = [], []
    return sent


def coordinator_for(world: World, participant: Participant) -> User:
    """The demo has two coordinators; the other regions were theirs in the past too."""
    return world.coordinators.get(participant.program_region_id) or world.coordinators["ON"]


def make_meeting(world: World, row: Application) -> IntakeMeeting:
    """A meeting that is set lies ahead, each at an hour of its own; the others were before the decision."""
    if row.state == ApplicationState.MEETING_SET:
        world.counts["meetings ahead"] += 1
        number = world.counts["meetings ahead"]
        day, slot = divmod(number, 7)
        start = world.now.replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=1 + day, hours=slot)
    else:
        start = (row.decided_at or world.now) - timedelta(hours=1)
    return IntakeMeeting(
        id=UUID(int=row.id.int ^ 4), application=row, coordinator=coordinator_for(world, row.participant),
        starts_at=start,
        ends_at=start + timedelta(minutes=30), state=MEETING_STATES[ApplicationState(row.state)],
    )  # fmt: skip
