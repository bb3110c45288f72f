"""Coming to a session of an informal group without a place in it ([PIA] rule 9: attendance is flexible).

The person makes a code on their own page and shows it or reads it aloud; whoever leads types it in. Nobody is searched
for. A refusal says nothing of its reason and takes as long for one as for another: the coordinator of the person's
region has a task, and those who lead may ask.

Locks as everywhere: participant → group → session.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from groups import enrolling
from groups.choices import GroupKind
from groups.models import GroupLead
from groups.services import locked_participant
from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, constraint_name, require
from psp.models import User
from sessions.choices import DROP_IN_TRANSITIONS, AttendanceStatus, DropInState
from sessions.locks import locked_session
from sessions.models import Cover, DropIn, GroupSession
from sessions.permissions import can_record_attendance, can_settle_drop_in
from sessions.querysets_after import DropInQuerySet
from sessions.services_attendance import check_open, hold_if_it_took_place, people_at, record_one
from supporters.joining.former import met_before

DIGITS, PART = 8, 4
# Whoever stands there with a code did not come to last week's session.
DOOR_SHUTS = timedelta(hours=12)
# What was typed so lately was typed by the first of two presses.
LATELY = timedelta(minutes=1)
# Judges of the database that mean "not here"; why is nobody's business.
NOT_HERE = frozenset({"drop_in_informal", "drop_in_room", "attendance_kept_apart"})


# --- The code -------------------------------------------------------------------------------------


@transaction.atomic
def make_code(*, participant: Participant | UUID, by: User) -> tuple[DropIn, str]:
    """A new code of this person, to be shown once; an earlier one that was not used is good for nothing any more.

    DomainError: `no_drop_in` for whoever is not accepted for informal groups.
    """
    person = locked_participant(participant)
    require(person.user_id == by.pk, "make_code")
    if not Participant.objects.accepted_for(GroupKind.INFORMAL).filter(pk=person.pk).exists():
        message = _("Only informal groups can be joined like this, once you are accepted for them. Ask a coordinator.")
        raise DomainError(message, code="no_drop_in")
    DropIn.objects.filter(participant=person, state=DropInState.OPEN).delete()
    code, now = _new_code(), timezone.now()
    until = now + timedelta(minutes=settings.PSP_DROP_IN_MINUTES)
    made = DropIn.objects.create(participant=person, digest=digest_of(code), made_at=now, expires_at=until)
    audit.record(Action.CREATE, made, person=by.pk, purpose=Purpose.OWN)
    return made, f"{code[:PART]} {code[PART:]}"


def _new_code() -> str:
    """One that nobody else has now."""
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        if not DropIn.objects.filter(digest=digest_of(code), state=DropInState.OPEN).exists():
            return code


def digest_of(code: str) -> str:
    """How a code is kept and found, however it was typed."""
    digits = "".join(char for char in code if char.isdecimal())
    return salted_hmac("sessions.drop_in", digits, algorithm="sha256").hexdigest()


# --- The door -------------------------------------------------------------------------------------


@transaction.atomic
def come_by_code(*, session: GroupSession | UUID, code: str, by: User) -> bool:
    """Note as present whoever this code belongs to. False where that cannot be done here; a coordinator hears of it.

    DomainError: `code_unknown` (also one that has run out), `not_for_drop_in`, and those of a session that is not
    open for attendance. Forbidden: neither lead nor coordinator.
    """
    found = _open_codes().filter(digest=digest_of(code)).first()
    person = locked_participant(found.participant_id) if found is not None else None
    locked = locked_session(session)
    require(can_record_attendance(by, locked), "record_attendance")
    check_open(locked, by)
    if timezone.now() > locked.ends_at + DOOR_SHUTS:
        message = _("This session is over. Open the page of the one that they came to, and type the code there.")
        raise DomainError(message, code="session_over", field="code")
    if locked.group.kind != GroupKind.INFORMAL:
        message = _("Only informal groups can be joined for one session. Ask a coordinator.")
        raise DomainError(message, code="not_for_drop_in")
    drop_in = _open_codes().select_for_update(of=("self",)).filter(pk=found.pk).first() if found is not None else None
    used = _used_just_now(code, locked, by) if drop_in is None else None
    if used is not None:
        return used.state == DropInState.ADDED  # the second press
    if drop_in is None or person is None:
        message = _("This code is not known, or its time has run out. Ask for a new one and type that one.")
        raise DomainError(message, code="code_unknown", field="code")
    if person.pk in {row.participant_id for row in people_at(locked)}:
        drop_in.delete()
        record_one(locked, person.pk, AttendanceStatus.PRESENT, by)
        hold_if_it_took_place(locked)
        return True
    return _try(drop_in, person, locked, by)


def _used_just_now(code: str, session: GroupSession, by: User) -> DropIn | None:
    """What became of this code at this door a moment ago."""
    rows = DropIn.objects.filter(digest=digest_of(code), session=session, by=by, used_at__gt=timezone.now() - LATELY)
    found: DropIn | None = rows.order_by("-used_at").first()
    return found


def _open_codes() -> DropInQuerySet:
    return DropIn.objects.filter(state=DropInState.OPEN, expires_at__gt=timezone.now())


def _try(drop_in: DropIn, person: Participant, session: GroupSession, by: User) -> bool:
    """Everything is asked and everything is tried, whatever the answer to one of it."""
    there = enrolling.for_whom_is_there(person).filter(pk=session.group_id).exists()
    # What the database cannot judge: who was in a group with whoever leads now ([NH] rule 34).
    strangers = not met_before(_leading(session), [person.user_id])
    welcome = there and strangers
    with transaction.atomic():
        before = transaction.savepoint()
        room = _let(lambda: _use(drop_in, DropInState.ADDED, session, by))
        alone = _let(lambda: record_one(session, person.pk, AttendanceStatus.PRESENT, by))
        if welcome and room and alone:
            hold_if_it_took_place(session)
            return True
        transaction.savepoint_rollback(before)
    drop_in.state = DropInState.OPEN
    _use(drop_in, DropInState.ASKED, session, by)
    return False


def _leading(session: GroupSession) -> list[UUID]:
    """Whoever leads the group, and whoever stands in at this session."""
    leads = GroupLead.objects.filter(group=session.group_id).values_list("user_id", flat=True)
    stand_ins = Cover.objects.filter(session=session, stand_in__isnull=False).values_list("stand_in_id", flat=True)
    return [*leads, *stand_ins]


def _let(act: Callable[[], None]) -> bool:
    """False where a judge of the database says "not here"."""
    try:
        with transaction.atomic():
            act()
    except (IntegrityError, DomainError) as error:
        if (error.code if isinstance(error, DomainError) else constraint_name(error)) not in NOT_HERE:
            raise
        return False
    return True


def _use(drop_in: DropIn, state: DropInState, session: GroupSession, by: User) -> None:
    assert state in DROP_IN_TRANSITIONS[DropInState(drop_in.state)]
    drop_in.state, drop_in.session, drop_in.by, drop_in.used_at = state, session, by, timezone.now()
    drop_in.save()
    audit.record(Action.CHANGE, drop_in, person=drop_in.person_id, purpose=Purpose.SESSIONS, fields=("state",))


# --- The coordinator's task -----------------------------------------------------------------------


@transaction.atomic
def settle(*, drop_in: DropIn | UUID, by: User) -> DropIn:
    """A coordinator has spoken with the person. Twice is as once. Forbidden outside the person's region."""
    key = drop_in if isinstance(drop_in, UUID) else drop_in.pk
    held: DropIn = DropIn.objects.select_for_update(of=("self",)).select_related("participant").get(pk=key)
    require(can_settle_drop_in(by, held), "settle_drop_in")
    if held.state == DropInState.ASKED:
        held.state, held.settled_at, held.settled_by = DropInState.SETTLED, timezone.now(), by
        held.save()
        audit.record(Action.CHANGE, held, person=held.person_id, purpose=Purpose.SESSIONS, fields=("state",))
    return held
