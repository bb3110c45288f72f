"""What hours, leave and limits hold about a person; how long; and what becomes of it.

Hours that were handed to pay are kept longer than anything about how somebody is, because the law wants records of
pay. When a person's information is destroyed those hours stay as nobody's, and so do approved ones until they are paid
(ADR 15); everything else of this file goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from privacy.datamap import EARLIER, Basis, Erased, Holding, Topic, Use, add_topic, declare, these
from privacy.erasing import Eraser, add_eraser, add_objection, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section
from privacy.people import roles_of
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use, newest
from psp.letting_go import letting_go
from psp.models import User
from supporters.hours.choices import HoursState
from supporters.hours.pay_names import keep_for_pay, waits_for_answer
from supporters.models import Accommodation, CareSetting, HoursLine, HoursReturn, Leave, Limits

TOPIC = Topic(
    "hours", _("Hours, leave and limits of those who lead"),
    _("The hours that somebody worked, on which day and at what, and whether they were approved and paid. Days of"
      " leave, and of which kind. How much they carry at most, and what makes the work possible for them. Never why."
      " When the rest is deleted, the name that pay knows stays a few weeks, so that approved hours are still paid."),
    _("The person, and whoever supervises them. Those who prepare pay see the hours that were approved."),
    order=94, team=True,
)  # fmt: skip
ABOUT_TEAM = _("About a member of the team")
IN_HOURS = _("It says only how the person is called in the file for pay, beside the hours that are in the copy")
MAP = (
    Holding(
        "supporters.hoursline", "user", "hours",
        these("id user role day kind minutes starts_at ends_at about corrects state submitted_at decided_by decided_at"
              " returned export made_at changed_at"),
        Use.TEAM, Basis.PROGRAM, "pay", Erased.ANONYMISED, exported=("hours",), also=("decided_by",),
    ),
    Holding(
        "supporters.hoursreturn", "user", "hours", these("id user by code note at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("hours_returned",), also=("by",),
    ),
    Holding(
        "supporters.payexport", "asked_by", "hours",
        these("id first_day last_day language asked_by asked_at approved_by approved_at digest"),
        Use.TEAM, Basis.PROGRAM, "pay", Erased.ANONYMISED, not_exported=ABOUT_TEAM, also=("approved_by",),
    ),
    Holding(
        "supporters.payexportperson", "user", "hours", these("id export user key key_until"),
        Use.TEAM, Basis.PROGRAM, "pay", Erased.ANONYMISED, not_exported=IN_HOURS,
    ),
    Holding(
        "supporters.leave", "user", "hours",
        these("id user kind first_day last_day minutes_day state noted_by made_at decided_by decided_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("leave",), also=("noted_by", "decided_by"),
    ),
    Holding(
        "supporters.accommodation", "user", "hours",
        these("id user kind first_day last_day state made_at agreed_by agreed_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("accommodation",), also=("agreed_by",),
    ),
    Holding(
        "supporters.limits", "user", "hours",
        these("user sessions_week hours_week agreed_sessions agreed_hours agreed_until agreed_by changed_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, exported=("limits",), also=("agreed_by",),
    ),
    Holding(
        "supporters.historicalcaresetting", "history_user", "team",
        # Settings say nothing of anybody, whichever there are; who changed them does.
        tuple(field.name for field in CareSetting.history.model._meta.fields),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip
FIRST, LAST, STATE, MINUTES = _("First day"), _("Last day"), _("State"), _("Minutes")


def hours(person: User) -> Iterable[Record]:
    rows = list(HoursLine.objects.filter(user=person))
    roles = roles_of({row.decided_by_id for row in rows if row.decided_by_id})
    for row in rows:
        yield [
            Line(_("Day"), row.day), Line(_("Kind"), row.get_kind_display()), Line(MINUTES, row.minutes),
            Line(_("From"), row.starts_at), Line(_("Corrects an earlier line"), row.corrects_id is not None),
            Line(STATE, row.get_state_display()), Line(_("Approved by"), roles.get(row.decided_by_id)),
        ]  # fmt: skip


def returned(person: User) -> Iterable[Record]:
    rows = list(HoursReturn.objects.filter(user=person).order_by("at"))
    roles = roles_of({row.by_id for row in rows})
    for row in rows:
        yield [
            Line(_("Came back"), row.at), Line(_("What to look at"), row.get_code_display()),
            Line(_("Note"), row.note), Line(_("Sent back by"), roles[row.by_id]),
        ]  # fmt: skip


def leave(person: User) -> Iterable[Record]:
    for row in Leave.objects.filter(user=person):
        yield [
            Line(_("Kind"), row.get_kind_display()), Line(FIRST, row.first_day), Line(LAST, row.last_day),
            Line(MINUTES, row.minutes_day), Line(STATE, row.get_state_display()),
        ]  # fmt: skip


def accommodations(person: User) -> Iterable[Record]:
    for row in Accommodation.objects.filter(user=person).select_related("kind"):
        yield [
            Line(_("Kind"), Both(row.kind.name_en, row.kind.name_fr)), Line(FIRST, row.first_day),
            Line(LAST, row.last_day), Line(STATE, row.get_state_display()),
        ]  # fmt: skip


def limits(person: User) -> Iterable[Record]:
    for row in Limits.objects.filter(user=person):
        yield [
            Line(_("Sessions a week, at most"), row.sessions_week), Line(_("Hours a week, at most"), row.hours_week),
            Line(_("Sessions a week, as agreed"), row.agreed_sessions),
            Line(_("Hours a week, as agreed"), row.agreed_hours), Line(_("Agreed until"), row.agreed_until),
        ]  # fmt: skip


OURS = frozenset({
    "supporters.hoursline", "supporters.hoursreturn", "supporters.payexport", "supporters.payexportperson",
    "supporters.leave", "supporters.accommodation", "supporters.limits",
})  # fmt: skip


def erase(person: User) -> Counter[str]:
    """What was paid, or is approved and will be, stays as numbers of nobody: no way back to a session, and a name for
    pay alone until they are paid. Whoever approves waits for the account, so that hours are either of the two or gone.
    """
    mine, for_pay = HoursLine.objects.filter(user=person), (HoursState.APPROVED, HoursState.EXPORTED)
    # What corrects a line goes before the line.
    done = delete_rows(mine.filter(corrects__isnull=False).exclude(state__in=for_pay))
    done += delete_rows(mine.exclude(state__in=for_pay))
    with letting_go():
        stays = mine.update(about=None, starts_at=None, ends_at=None)
        keep_for_pay(person)
    done += Counter({"supporters.hoursline": stays} if stays else {})
    for model in (HoursReturn, Leave, Accommodation, Limits):
        done += delete_rows(model._default_manager.filter(user=person))
    return done


def last_uses(people: Collection[UUID]) -> Iterable[Used]:
    """Hours that wait for an answer keep the file, also of somebody who is gone: they are to be paid."""
    mine = HoursLine.objects.filter(user__in=people)
    yield from newest(mine, "user_id", "changed_at")
    yield from in_use(mine.filter(state=HoursState.SUBMITTED), "user_id")
    yield from newest(Leave.objects.filter(user__in=people), "user_id", "made_at")


def register() -> None:
    add_topic(TOPIC)
    declare(*MAP)
    told = (
        ("hours", _("Your hours"), hours, "supporters.hoursline"),
        ("hours_returned", _("Hours that came back to you"), returned, "supporters.hoursreturn"),
        ("leave", _("Your leave"), leave, "supporters.leave"),
        ("accommodation", _("What makes the work possible for you"), accommodations, "supporters.accommodation"),
        ("limits", _("How much you carry at most"), limits, "supporters.limits"),
    )
    for order, (code, title, collect, model) in enumerate(told, start=61):
        add_section(Section(code, title, collect, frozenset({model}), order=order))
    add_eraser(Eraser("hours", OURS, erase, order=26))
    add_objection(waits_for_answer)
    add_last_use(LastUse("hours", last_uses))
