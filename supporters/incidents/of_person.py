"""Incidents as information about people: copy, erasure, files that become one, last use, and the end of its time.

Whoever reported something reads their own report in their copy. Whomever it touches does not: being told that somebody
reported, and about what, could put that person in danger. A privacy officer who has to answer a request about it reads
it with those who have a part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intake.merging import Mover, add_mover
from intake.models import Participant
from privacy.datamap import EARLIER, HISTORY_FIELDS, Basis, Erased, Holding, Topic, Use, add_topic, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use, keep_holds_still, newest, standing_holds
from psp.crypto import keyring
from psp.crypto.parting import key_goes
from psp.models import User
from supporters.incidents.choices import IncidentState, NeedNow
from supporters.incidents.models import (
    Incident,
    IncidentMeasure,
    IncidentPart,
    IncidentPerson,
    IncidentStep,
    Lesson,
)

IN_DANGER = _("Left out, because it could put someone in danger")
ABOUT_TEAM = _("About a member of the team")
NAMES_NOBODY = _("It names nobody")
MODELS = frozenset(
    f"supporters.{name}" for name in ("incident", "incidentperson", "incidentpart", "incidentstep", "incidentmeasure")
)
TOPIC = Topic(
    "incidents", _("When something goes wrong around a group"),
    _("If somebody who leads a group reports that something went wrong: what kind of thing, when, who is touched by it,"
      " a short note of what is needed now, and what was done. Nothing about what anybody lived through."),
    _("Whoever reported it, and the few people of the team who take care of it. It is in the copy of whoever reported"
      " it, and in nobody else’s."),
    order=72,
)  # fmt: skip
MAP = (
    Holding(
        "supporters.incident", "reporter", "incidents",
        these("id kind near_miss state reporter program_region group session happened_at needs note goes_to sent_key"
              " reported_at widened_at taken_by taken_at closed_by closed_at"),
        Use.SAFETY, Basis.PROGRAM, "incident", Erased.ANONYMISED, exported=("incidents",),
        also=("taken_by", "closed_by"),
    ),
    Holding(
        "supporters.incidentperson", "user", "incidents", these("id incident user follow_up changed_by changed_at"),
        Use.SAFETY, Basis.PROGRAM, "incident", Erased.DELETED, not_exported=IN_DANGER, also=("changed_by",),
    ),
    Holding(
        "supporters.incidentpart", "user", "incidents", these("id incident user by since"),
        Use.SAFETY, Basis.PROGRAM, "incident", Erased.DELETED, not_exported=ABOUT_TEAM, also=("by",),
    ),
    Holding(
        "supporters.incidentstep", "owner", "incidents",
        these("id incident code words owner due_on made_at done_at done_by"),
        Use.SAFETY, Basis.PROGRAM, "incident", Erased.ANONYMISED, not_exported=ABOUT_TEAM, also=("done_by",),
    ),
    Holding(
        "supporters.incidentmeasure", "by", "incidents", these("id incident kind by at"),
        Use.SAFETY, Basis.PROGRAM, "incident", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "supporters.lesson", "words", "incidents",
        these("id incident kind near_miss month changes words written_on"),
        Use.SAFETY, Basis.PROGRAM, "lesson", Erased.KEPT, not_exported=NAMES_NOBODY, kept_because=NAMES_NOBODY,
    ),
    Holding(
        "supporters.historicalincidentkind", "history_user", "team",
        (*these("code name_en name_fr hint_en hint_fr goes_to hours steps active order"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip


def register() -> None:
    add_topic(TOPIC)
    declare(*MAP)
    add_section(Section("incidents", _("What you reported"), reported, frozenset({"supporters.incident"}), order=72))
    add_eraser(Eraser("incidents", MODELS, erase, order=28))
    add_mover(Mover("incidents", _nothing, _nothing, move, back, order=28))
    add_last_use(LastUse("incidents", used))


def reported(person: User) -> Iterable[Record]:
    """One's own words, and that it was taken care of; nobody else, and nothing that was done."""
    for row in Incident.objects.reported_by(person).select_related("kind").order_by("reported_at"):
        yield [
            Line(_("Kind"), Both(row.kind.name_en, row.kind.name_fr)), Line(_("It happened"), row.happened_at),
            Line(_("It could have gone wrong, and did not"), row.near_miss),
            Line(pgettext_lazy("incident", "Reported"), row.reported_at),
            Line(_("What you needed"), [NeedNow(code).label for code in row.needs]), Line(_("Your note"), row.note),
            Line(_("State"), IncidentState(row.state).label),
        ]  # fmt: skip


# --- Erasure --------------------------------------------------------------------------------------


def erase(person: User) -> Counter[str]:
    """The incident stays without the person. What was written about it goes with its key: it may speak of them."""
    mine = Incident.objects.filter(Q(reporter=person) | Q(people__user=person)).distinct()
    keys = list(mine.values_list("pk", flat=True))
    for key in keys:
        keyring.destroy(key)
    IncidentStep.objects.filter(incident__in=keys).update(words=b"")
    Incident.objects.filter(pk__in=keys).update(note=b"")
    count = Incident.objects.filter(reporter=person).update(reporter=None)
    steps = IncidentStep.objects.filter(owner=person).update(owner=None)
    IncidentStep.objects.filter(done_by=person).update(done_by=None)
    IncidentPerson.objects.filter(changed_by=person).update(changed_by=None)
    IncidentMeasure.objects.filter(by=person).update(by=None)
    done = delete_rows(IncidentPerson.objects.filter(user=person))
    done += delete_rows(IncidentPart.objects.filter(user=person))
    return done + Counter({"supporters.incident": count, "supporters.incidentstep": steps})


# --- Last use, and two files that become one ------------------------------------------------------


def used(people: Collection[UUID]) -> Iterable[Used]:
    """While it is not closed, the files of those whom it touches are in use."""
    rows = IncidentPerson.objects.filter(user__in=people)
    for moment in ("changed_at", "incident__closed_at"):
        yield from newest(rows, "user_id", moment)
    yield from in_use(rows.exclude(incident__state=IncidentState.CLOSED), "user_id")


def _nothing(_kept: Participant, _merged: Participant) -> list[str]:
    """Whoever joins two files need not know of it."""
    return []


def move(kept: Participant, merged: Participant) -> list[str]:
    known = IncidentPerson.objects.filter(user=kept.user_id).values("incident")
    return _hand_over(IncidentPerson.objects.filter(user=merged.user_id).exclude(incident__in=known), kept)


def back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    _hand_over(IncidentPerson.objects.filter(pk__in=ids, user=kept.user_id), merged)


def _hand_over(rows: QuerySet[Any], to: Participant) -> list[str]:
    ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
    IncidentPerson.objects.filter(pk__in=ids).update(user=to.user_id)
    return ids


# --- The end of its time --------------------------------------------------------------------------


@transaction.atomic
def forget(now: datetime) -> int:
    """Remove what was closed long ago, and later what was learned from it; how many rows. What a hold protects stays.

    The people's part goes first: a lesson names nobody.
    """
    keep_holds_still()
    held = standing_holds()
    old = Incident.objects.filter(closed_at__lte=now - timedelta(days=settings.PSP_INCIDENT_DAYS))
    kept = IncidentPerson.objects.filter(user__in=held).values("incident")
    # Locked: one that is opened again at this moment stays.
    mine = old.exclude(Q(pk__in=kept) | Q(reporter__in=held)).order_by("pk").select_for_update(of=("self",))
    gone = [*mine.values_list("pk", flat=True)]
    lessons = Lesson.objects.filter(written_on__lte=(now - timedelta(days=settings.PSP_LESSON_DAYS)).date())
    words = [*lessons.filter(incident__isnull=True).values_list("pk", flat=True)]
    Incident.objects.filter(pk__in=gone).delete()
    Lesson.objects.filter(pk__in=words).delete()
    key_goes(*gone, *words)
    return len(gone) + len(words)
