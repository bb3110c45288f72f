"""What somebody said before and after a group, as their information: their copy, erasure, files that become one.

And the boxes of feedback, which reach nobody but the coordinator who made the group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consent.choices import ConsentPurpose
from consent.models import Consent
from intake.merging import Mover, add_mover
from intake.models import Participant
from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section
from psp.models import User
from psp.slip_sources import Source, add_source
from sessions.choices import Moment
from sessions.models import AnswerSheet
from sessions.services_feedback import look_at, take_answers
from sessions.services_questions import answers_of

SHEETS = frozenset({"peer_sessions.answersheet"})
NOBODY_KNOWS = _("Answers without a name: nobody can tell which of them are yours, so we cannot hand them to you")
GOES_BY_ITSELF = _("Nothing in it says which answers are yours, and it is emptied by itself")
MAP = (
    Holding(
        "peer_sessions.answersheet", "person", "groups",
        these("id person group questionnaire moment answers saved_at sent_at"),
        Use.EVALUATION, Basis.CONSENT, "agreed", Erased.DELETED, exported=("questions",),
    ),
    Holding(
        "peer_sessions.feedbackbox", "session__group__created_by", "feedback",
        these("id ref session questionnaire sealed closes_at emptied"),
        Use.EVALUATION, Basis.PROGRAM, "feedback", Erased.KEPT, not_exported=NOBODY_KNOWS, kept_because=GOES_BY_ITSELF,
    ),
)  # fmt: skip


def register() -> None:
    declare(*MAP)
    add_source(Source(look_at, lambda slip, said: take_answers(slip=slip, said=said)))
    add_section(Section("questions", _("What you answered before and after a group"), told, SHEETS, order=63))
    add_eraser(Eraser("questions", SHEETS, erase, order=10))
    add_mover(Mover("questions", lambda _kept, _merged: [], lambda _kept, _merged: [], move, back, order=23))


def told(person: User) -> Iterable[Record]:
    rows = AnswerSheet.objects.visible_to(person).select_related("group", "questionnaire")
    for row in rows.order_by("saved_at"):
        yield [
            Line(_("Group"), Both(row.group.name_en, row.group.name_fr)), Line(_("When"), Moment(row.moment).label),
            Line(_("Noted"), row.saved_at), Line(_("Sent"), row.sent_at), *_answered(row),
        ]  # fmt: skip


def _answered(row: AnswerSheet) -> Iterable[Line]:
    said = answers_of(row)
    for question in row.questionnaire.form:
        chosen = next((one for one in question.options if one.code == said.get(question.code)), None)
        if chosen is not None:
            yield Line(Both(question.text_en, question.text_fr), Both(chosen.label_en, chosen.label_fr))


def erase(person: User) -> Counter[str]:
    return delete_rows(AnswerSheet.objects.filter(person=person))


def move(kept: Participant, merged: Participant) -> list[str]:
    """Only to an account that agrees to these questions itself; otherwise the answers stay where that was said."""
    if not Consent.objects.in_force(kept.user, ConsentPurpose.EVALUATION):
        return []
    own = AnswerSheet.objects.filter(person=kept.user_id).values_list("group", "moment")
    rows = AnswerSheet.objects.filter(person=merged.user_id)
    ids = [row.pk for row in rows if (row.group_id, row.moment) not in set(own)]
    return _hand_over(AnswerSheet.objects.filter(pk__in=ids), kept)


def back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    _hand_over(AnswerSheet.objects.filter(pk__in=ids, person=kept.user_id), merged)


def _hand_over(rows: QuerySet[Any], to: Participant) -> list[str]:
    """Opened under one person's key and sealed under the other's."""
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for row in found:
        text = row.answers
        row.person_id = to.user_id
        row.answers = text
        row.save(update_fields=["person", "answers"])
    return [str(row.pk) for row in found]
