"""People, applications and groups for tests. Small functions; services where they exist."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from consent.models import Consent, ConsentVersion, Withdrawal
from contact.choices import OutboxState
from contact.models import CallTask, OutboxMessage
from contact.services import queue_message
from groups.choices import GroupKind, LeadRole
from groups.models import Forming, FormingGroup, FormingLead, FormingPlace, LeadProfile, PeerGroup
from groups.services import add_lead, add_member, create_group
from groups.services_enrolling import open_group
from groups.services_forming import start_forming
from intake.choices import ApplicationState
from intake.models import Application, EligibilityVersion, Participant, Preferences, WaitingPlace
from intake.services_booking import add_hours, set_terms
from intake.services_waiting import open_places
from privacy.choices import CorrectionItem
from privacy.models import Breach, Finding, GlassGrant, LogExport, RightsRequest
from privacy.services import ask_correction
from privacy.services_breach import add_affected, decide_affected, prepare_notices, record_breach
from privacy.services_glass import open_glass
from privacy.services_log import approve_export, ask_export
from privacy.services_paper import check_identity, record_request
from psp.choices import Kind, Role
from psp.models import ProgramRegion, Region, RoleAssignment, User
from supporters.choices import Outcome, ReadyFor, TextKind
from supporters.models import (
    Acknowledgement,
    CareSetting,
    Course,
    LeadConcern,
    Pairing,
    ProgramText,
    Qualification,
    Readiness,
)

# The browser tests make people from several processes, against one site: each counts from somewhere else.
_numbers = count(1 if "pytest" in sys.modules else secrets.randbelow(10**9))


def a_user(*, kind: str = Kind.STAFF, username: str = "", name: str = "", language: str = "en", **fields) -> User:
    number = next(_numbers)
    return User.objects.create_user(
        username or f"{kind}.{number}", kind=kind, name=name or f"Person {number}", language=language,
        email=fields.pop("email", f"person{number}@example.org"), **fields,
    )  # fmt: skip


@cache
def hashed(password: str) -> str:
    """As it is stored. Slow on purpose, so the same one is not made a hundred times."""
    return make_password(password)


def with_role(user: User, role: str, region: str | None = None) -> User:
    RoleAssignment.objects.create(user=user, role=role, region_id=region)
    return User.objects.get(pk=user.pk)


def a_coordinator(region: str = "QC", **fields) -> User:
    """`region`: code of a program region."""
    return with_role(a_user(**fields), Role.COORDINATOR, region)


def an_analyst() -> User:
    return with_role(a_user(), Role.ANALYST)


def a_privacy_officer() -> User:
    return with_role(a_user(), Role.PRIVACY_OFFICER)


def a_newcomer(**fields) -> User:
    """Has the role, and everything else still before them: no conversation, no training, no supervisor."""
    return with_role(a_user(kind=Kind.SUPPORTER, **fields), Role.SUPPORTER)


def a_facilitator(**fields) -> User:
    """May lead: ready, trained, supervised, with the agreement in force acknowledged."""
    return ready_to_lead(a_newcomer(**fields))


def a_new_clinician(**fields) -> User:
    """Has not acknowledged the agreement of the team yet."""
    return with_role(a_user(**fields), Role.CLINICIAN)


def a_clinician(**fields) -> User:
    """May lead beside a facilitator."""
    return acknowledge(a_new_clinician(**fields), TextKind.AGREEMENT_STAFF)


def a_supervisor(**fields) -> User:
    return with_role(a_user(**fields), Role.SUPERVISOR)


def ready_to_lead(user: User, *, supervisor: User | None = None) -> User:
    """Nothing is missing, written straight to the tables; supervised by one account for all unless told otherwise."""
    today = timezone.localdate()
    by = supervisor or the_supervisor()
    Readiness.objects.create(
        user=user, ready_for=ReadyFor.LEADING, reviewer=by, held_on=today, outcome=Outcome.READY
    )  # fmt: skip
    courses = Course.objects.filter(needed=True).values_list("pk", flat=True)
    Qualification.objects.bulk_create(Qualification(user=user, course_id=one, completed_on=today) for one in courses)
    Pairing.objects.create(user=user, supervisor=by)
    return acknowledge(user, TextKind.AGREEMENT_SUPPORTER)


def a_concern(*, supervisor: User | None = None, user: User | None = None, **fields) -> LeadConcern:
    """Somebody leads tomorrow, and has to acknowledge the agreement before."""
    person = user or ready_to_lead(a_newcomer(), supervisor=supervisor)
    values = {"lacks": ["agreement"], "first_day": timezone.localdate() + timedelta(days=1)} | fields
    return LeadConcern.objects.create(user=person, **values)


def the_supervisor() -> User:
    return User.objects.filter(username="the.supervisor").first() or a_supervisor(username="the.supervisor")


def room_to_lead(user: User) -> User:
    """However much this person leads already, and whatever they wish: for tests that are not about that."""
    CareSetting.objects.update(max_groups=9, max_sessions_week=20, max_hours_week=60)
    LeadProfile.objects.filter(user=user).update(max_groups=9)
    return user


def acknowledge(user: User, kind: str) -> User:
    """The version in force; made where nothing loaded one yet."""
    text = ProgramText.objects.current(kind) or ProgramText.objects.create(
        kind=kind, number=1, title_en="T", title_fr="T", sections=[], published_at=timezone.now()
    )  # fmt: skip
    Acknowledgement.objects.create(user=user, text=text, language=user.language)
    return user


def an_eligibility_version() -> EligibilityVersion:
    """The version in force; made from the content where nothing loaded it yet."""
    from psp.content import load

    found = EligibilityVersion.objects.filter(published_at__isnull=False).order_by("-number").first()
    return found or EligibilityVersion.objects.create(
        number=1, content=load("eligibility_v1"), valid_from=date(2026, 11, 1), published_at=timezone.now()
    )


def agree(user: User, purpose: str = "taking_part", version: ConsentVersion | None = None, **fields) -> Consent:
    """A signature, written straight to the table: for tests that are not about signing."""
    published = ConsentVersion.objects.filter(purpose=purpose, published_at__isnull=False)
    version = version or published.order_by("-number").first()
    version = version or ConsentVersion.objects.create(
        purpose=purpose, number=1, title_en="T", title_fr="T", summary_en="S", summary_fr="S", statements=[],
        valid_from=date(2026, 1, 1), published_at=timezone.now(),
    )  # fmt: skip
    return Consent.objects.create(
        person=user, version=version, purpose=purpose, language=user.language, text="Text", text_hash="0" * 64,
        ticked=[], typed_name="Typed Name", **fields,
    )  # fmt: skip


def disagree(user: User, purpose: str = "taking_part") -> None:
    """The withdrawal alone, written straight to the table: no hook runs."""
    for consent in Consent.objects.standing().filter(person=user, purpose=purpose):
        Withdrawal.objects.create(consent=consent)


def a_participant(region: str = "QC", *, language: str = "fr", consents=("taking_part",), **fields) -> Participant:
    """`region`: code of a province or territory."""
    user = a_user(kind=Kind.PARTICIPANT, language=language, **fields)
    place = Region.objects.get(code=region)
    made = Participant.objects.create(user=user, region=place, program_region=place.program_region)
    for purpose in consents:
        agree(user, purpose)
    return made


ANSWERS = {"affiliation": "veteran", "adult": True, "experienced": True, "has_device": True, "agrees_to_meeting": True}


def an_application(participant: Participant, *, services=("formal",), **fields) -> Application:
    return Application.objects.create(
        participant=participant, sent_key=uuid4(), version=an_eligibility_version(), answers=dict(ANSWERS),
        notice_version=1, services=list(services), language=participant.user.language, **fields,
    )  # fmt: skip


def accepted(participant: Participant, *, services=("formal",), by: User | None = None) -> Application:
    """Accepted without the way there: for tests that begin after it."""
    version = an_eligibility_version()
    made = an_application(
        participant, services=services, state=ApplicationState.ACCEPTED, accepted_for=list(services),
        decided_at=timezone.now(), decided_by=by or a_coordinator(participant.program_region_id),
        decision_version=version,
    )  # fmt: skip
    open_places(made, services)
    return made


def an_accepted_participant(
    region: str = "QC", *, services=("formal",), by: User | None = None, **fields
) -> Participant:
    made = a_participant(region, **fields)
    accepted(made, services=services, by=by)
    return made


def a_bookable_coordinator(region: str = "QC", *, hours_for: str = "meeting", days: str = "0123456", **fields) -> User:
    """Offers every day from 9 to 17 on the own clock, holidays included, an hour each with the pause."""
    terms = {
        name: fields.pop(name)
        for name in ("place", "video_link", "call_link", "phone", "notice_hours")
        if name in fields
    }
    user = a_coordinator(region, **fields)
    values = {"time_zone": user.time_zone, "minutes": 45, "buffer_minutes": 15, "notice_hours": 24} | terms
    set_terms(coordinator=user, by=user, **values)
    offer_hours(user, hours_for=hours_for, days=days)
    return user


def offer_hours(user: User, *, hours_for: str = "meeting", days: str = "0123456") -> None:
    for day in days:
        add_hours(coordinator=user, by=user, hours_for=hours_for, weekday=int(day), start=time(9), end=time(17),
                  begins=date(2020, 1, 1))  # fmt: skip


def a_group(by: User, *, kind: str = GroupKind.FORMAL, program_region: str = "QC", region: str = "QC",
            language: str = "fr", **fields) -> PeerGroup:  # fmt: skip
    values = {
        "modality": "virtual", "name_en": "Tuesday evenings", "name_fr": "Les mardis soir",
        "starts_on": date(2027, 1, 12), "start_time": time(19, 0), "time_zone": "America/Toronto",
    } | fields  # fmt: skip
    return create_group(
        by=by, kind=kind, program_region=ProgramRegion.objects.get(code=program_region),
        region=Region.objects.get(code=region), language=language, **values,
    )  # fmt: skip


def a_formal_group(by: User, *, members: int = 0, leads: int = 1, **fields) -> PeerGroup:
    """A forming formal group of the coordinator's region with so many members and facilitators."""
    group = a_group(by, **fields)
    for _member in range(members):
        add_member(group=group, participant=an_accepted_participant(group.region_id, by=by), by=by)
    for _lead in range(leads):
        add_lead(group=group, user=a_facilitator(), role=LeadRole.FACILITATOR, by=by)
    return group


def an_open_group(by: User, *, kind: str = GroupKind.INFORMAL, max_size: int = 10, **fields) -> PeerGroup:
    """An informal group (or activity) of the coordinator's region in which people may enrol."""
    group = a_group(by, kind=kind, **fields)
    PeerGroup.objects.filter(pk=group.pk).update(max_size=max_size)
    return open_group(group=group, by=by)


def a_forming(by: User, *, regions=("QC",), kind: str = GroupKind.FORMAL, **fields) -> Forming:
    """A piece of work on the desk with nobody in it yet; Tuesdays at seven in the evening from January 2027 on."""
    values = {
        "starts_after": date(2027, 1, 8), "time_zone": "America/Toronto", "times": [1440 + 19 * 60],
        "languages": ["fr"], "modalities": ["virtual"], "min_size": 4, "max_size": 10, "session_count": 10,
        "minutes": 90,
    } | fields  # fmt: skip
    return Forming.objects.create(kind=kind, program_regions=list(regions), created_by=by, **values)


def a_thought_of_group(
    forming: Forming, people: Iterable[Participant], leads: Iterable[User] = (), **fields
) -> FormingGroup:
    """One of its groups, with these people and those who would lead it."""
    values = {
        "number": forming.groups.count() + 1, "starts_at": datetime(2027, 1, 13, tzinfo=UTC), "language": "fr",
        "modality": "virtual",
    } | fields  # fmt: skip
    group = FormingGroup.objects.create(forming=forming, **values)
    for person in people:
        FormingPlace.objects.create(
            forming=forming, participant=person, group=group, waiting_since=timezone.now()
        )  # fmt: skip
    for lead in leads:
        FormingLead.objects.create(group=group, user=lead)
    return group


# Monday to Thursday, 6 to 9 in the evening, as minutes of the week.
EVENINGS = tuple((day * 1440 + 18 * 60, day * 1440 + 21 * 60) for day in range(4))


def a_waiting_person(region: str = "QC", *, week=EVENINGS, waited: int = 30, wishes=None, by: User | None = None,
                     services=("formal",), **fields) -> Participant:  # fmt: skip
    """Waits for a group since `waited` days and has said when they are free; `wishes`: other fields of Preferences."""
    made = an_accepted_participant(region, services=services, by=by, **fields)
    Preferences.objects.create(
        participant=made, person=made.user, availability=[list(span) for span in week], **(wishes or {})
    )
    WaitingPlace.objects.filter(participant=made).update(since=timezone.now() - timedelta(days=waited))
    return made


def a_leading_person(*, week=EVENINGS, languages=("en", "fr"), modalities=("virtual",), **profile) -> User:
    """A facilitator who has said when and how they can lead."""
    lead = a_facilitator()
    LeadProfile.objects.create(
        user=lead, availability=[list(span) for span in week], languages=list(languages), modalities=list(modalities),
        **profile,
    )  # fmt: skip
    return lead


def a_started_forming(by: User, *, times=(1140, 1440 + 1140), **fields) -> Forming:
    """A draft for Quebec from next month on, at 7 on Monday and Tuesday evenings by Montreal's clock."""
    values = {
        "program_regions": ["QC"], "starts_after": timezone.localdate() + timedelta(days=30),
        "time_zone": "America/Toronto", "times": list(times),
    } | fields  # fmt: skip
    return start_forming(by=by, **values)


def sign_in(client, user: User) -> None:
    """Open a session for `user` in Django's test client, second factor included, as if just signed in."""
    import time

    from allauth.account.internal.flows import login

    client.force_login(user)
    session = client.session
    records = [{"method": "mfa" if user.needs_second_factor else "code", "at": time.time()}]
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = records
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()


def a_correction(participant: Participant, *, text: str = "My name is spelled with one n.") -> RightsRequest:
    """Asked for by the person, open."""
    me = participant.user
    return ask_correction(person=me, item=CorrectionItem.APPLICATION, text=text, by=me)


def a_message(person: User, template: str = "check_details", *, key: str = "", **fields) -> OutboxMessage:
    """Queued, as a service would; then with these fields."""
    message = queue_message(person=person, template=template, key=key or f"{template}|{next(_numbers)}", context={})
    OutboxMessage.objects.filter(pk=message.pk).update(**fields)
    return OutboxMessage.objects.get(pk=message.pk)


def a_failed_message(person: User) -> OutboxMessage:
    return a_message(person, state=OutboxState.FAILED, finished_at=timezone.now())


def a_failed_reminder(person: User, *, session: UUID | None = None, revision: int = 0, **fields) -> OutboxMessage:
    """Of tomorrow's session, due a day before and refused."""
    event, now = session or uuid4(), timezone.now()
    at = now + timedelta(hours=23)
    values = {
        "state": OutboxState.FAILED, "reason": "refused", "finished_at": now, "due_at": at - timedelta(hours=24),
        "useful_until": at, "context": {"at": at.isoformat(), "session": str(event), "revision": str(revision)},
    } | fields  # fmt: skip
    key = f"reminder|24h|{event}|{person.pk}|{revision}"
    return a_message(person, "session_reminder", key=key, **values)


def a_call(person: User, template: str = "decision_ready", **fields) -> CallTask:
    """Something that a coordinator has to tell this person."""
    message = a_message(person, template, state=OutboxState.TO_CALL, finished_at=timezone.now())
    values = {"reason": "by_phone", "not_before": timezone.now()} | fields
    return CallTask.objects.create(message=message, person=person, **values)


def an_opening(by: User, *, region: str | None = None, participant: Participant | None = None, **fields) -> GlassGrant:
    """A file of another region than those of `by`, opened for an urgent reason."""
    elsewhere = region or ("QC" if not by.roles.filter(region="QC").exists() else "ON")
    file = participant or a_participant(elsewhere)
    values = {"reason": "called", "words": "They called this number at night."} | fields
    return open_glass(person=file.user, region=file.program_region, by=by, **values)


def an_access_request(
    participant: Participant, *, by: User | None = None, checked: bool = True, **fields
) -> RightsRequest:
    """Came by letter today; a second officer has made sure who asks."""
    officer = by or a_privacy_officer()
    values = {"kind": "access", "channel": "letter", "received_on": timezone.localdate()} | fields
    made = record_request(person=participant.user, by=officer, **values)
    return check_identity(request=made, by=a_privacy_officer()) if checked else made


def a_breach(*, by: User | None = None, people: Iterable[Participant] = (), ready: bool = False, **fields) -> Breach:
    """Noted; with these people confirmed, and (`ready`) notices that wait for a second person."""
    officer, now = by or a_privacy_officer(), timezone.now()
    values = {
        "happened_from": now - timedelta(days=2), "happened_until": None, "discovered_at": now - timedelta(days=1),
        "place": "Montreal office", "kinds": ["contact"], "affected": None, "what": "A list was left on a printer.",
        "measures": "The list was destroyed.",
    } | fields  # fmt: skip
    breach = record_breach(by=officer, **values)
    for participant in people:
        add_affected(breach=breach, person=participant.user_id, by=officer)
    decide_affected(breach=breach, people=None, confirmed=True, by=officer)
    if ready:
        prepare_notices(breach=breach, notice_en="A list was seen.", notice_fr="Une liste a été vue.", by=officer)
    return Breach.objects.get(pk=breach.pk)


def a_finding(actor: User, **fields) -> Finding:
    """Many files opened in a short time, not looked at yet."""
    now = timezone.now()
    values = {"pattern": "many_files", "day": timezone.localdate(), "count": 30, "first_at": now, "last_at": now}
    return Finding.objects.create(actor=actor, **values | fields)


def an_export(officer: User, *, agreed: bool = False, **wanted) -> LogExport:
    """A part of the access log that `officer` asked for, and (`agreed`) may fetch."""
    asked = ask_export(wanted=wanted, by=officer)
    return approve_export(export=asked, by=a_privacy_officer()) if agreed else asked
