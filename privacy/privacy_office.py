"""What the privacy officer's own work holds about a person: openings from another region, and breaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.choices import BreachData, GlassReason
from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section
from privacy.models import Affected, Finding, GlassGrant
from privacy.people import roles_of
from psp.models import User

GLASS = Holding(
    "privacy.glassgrant", "person", "log",
    these("id person program_region by reason words opened_at ends_at ended_by reviewed_at reviewed_by review"),
    Use.WATCH, Basis.PROTECT, "with_file", Erased.DELETED, exported=("glass",),
    also=("by", "ended_by", "reviewed_by"),
)  # fmt: skip

BREACH_STAYS = _("The law asks for a record of each breach. It names those who work here, and nobody else")
BREACHES = (
    Holding(
        "privacy.breach", "recorded_by", "team",
        these("id reference state happened_from happened_until discovered_at place kinds affected what measures"
              " recorded_by recorded_at material_at report_due_on reported_at closed_at notice_en notice_fr"
              " notices_prepared_by notices_approved_by notices_approved_at revision"),
        Use.WATCH, Basis.PROTECT, "breach", Erased.KEPT, kept_because=BREACH_STAYS, exported=("notices",),
        also=("notices_prepared_by", "notices_approved_by"), history=True,
    ),
    Holding(
        "privacy.affected", "person", "log", these("id breach person found_by found_at state decided_by notified_at"),
        Use.WATCH, Basis.PROTECT, "with_file", Erased.DELETED, exported=("notices",), also=("decided_by",),
    ),
)  # fmt: skip

A_QUESTION = _("A question about a member of the team. It names you by a number, and holds no word about you")
LOG_WORK = (
    Holding(
        "privacy.finding", "person", "log",
        these("id pattern actor person day count first_at last_at found_at outcome looked_by looked_at"),
        Use.WATCH, Basis.PROTECT, "finding", Erased.DELETED, not_exported=A_QUESTION, also=("actor", "looked_by"),
    ),
    Holding(
        "privacy.logexport", "asked_by", "team",
        these("id wanted before rows asked_by asked_at approved_by approved_at"),
        Use.WATCH, Basis.PROTECT, "team", Erased.ANONYMISED, not_exported=A_QUESTION, also=("approved_by",),
    ),
)  # fmt: skip


def glass(person: User) -> Iterable[Record]:
    """Openings from another region, with the reason that was given."""
    rows = list(GlassGrant.objects.visible_to(person).order_by("opened_at"))
    roles = roles_of({row.by_id for row in rows})
    for row in rows:
        yield [
            Line(_("When"), row.opened_at), Line(_("Until"), row.ends_at), Line(_("Who"), roles.get(row.by_id)),
            Line(_("Why"), GlassReason(row.reason).label), Line(_("In their words"), row.words),
            Line(_("Looked at by the privacy officer"), row.reviewed_at),
        ]  # fmt: skip


def forget_openings(person: User) -> Counter[str]:
    return delete_rows(GlassGrant.objects.filter(person=person))


def told(person: User) -> Iterable[Record]:
    """What the person was told about their information."""
    for row in Affected.objects.visible_to(person).select_related("breach").order_by("notified_at"):
        yield [
            Line(_("When"), row.notified_at),
            Line(_("What we told you"), Both(row.breach.notice_en, row.breach.notice_fr)),
            Line(_("Kinds of information"), [BreachData(code).label for code in row.breach.kinds]),
        ]  # fmt: skip


def forget_notices(person: User) -> Counter[str]:
    """The breach keeps its number of people."""
    return delete_rows(Affected.objects.filter(person=person))


def forget_findings(person: User) -> Counter[str]:
    """Of whose record it was, and of whoever looked at it: a question about somebody who is gone has no answer."""
    return delete_rows(Finding.objects.filter(Q(person=person.pk) | Q(actor=person)))


def register() -> None:
    add_section(
        Section("notices", _("What we told you about your information"), told,
                frozenset({"privacy.affected", "privacy.breach"}), order=92)
    )  # fmt: skip
    add_eraser(Eraser("notices", frozenset({"privacy.affected"}), forget_notices, order=80))
    add_section(Section("glass", _("Opened from another region"), glass, frozenset({"privacy.glassgrant"}), order=91))
    declare(GLASS, *BREACHES, *LOG_WORK)
    add_eraser(Eraser("findings", frozenset({"privacy.finding", "privacy.logexport"}), forget_findings, order=80))
    add_eraser(Eraser("glass", frozenset({"privacy.glassgrant"}), forget_openings, order=80))
