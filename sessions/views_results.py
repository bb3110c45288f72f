"""What people said without their name, as soon as it is what several said. For coordinators and analysts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from groups.choices import GroupKind
from psp import survey
from psp.areas import requires
from psp.choices import Role
from psp.feedback_rules import FLOOR
from sessions.models import FeedbackBatch
from sessions.services_feedback import results
from sessions.words import language_code

# In hundred, to the nearest of these: nobody's answer moves a figure by itself.
STEP = 5


@require_GET
@requires(Role.COORDINATOR, Role.ANALYST)
def feedback_results(request: HttpRequest) -> HttpResponse:
    """About nobody: there is nothing in it of which the access log could speak."""
    context = {"parts": list(_parts()), "fewest": max(settings.PSP_FEEDBACK_THRESHOLD, FLOOR)}
    return render(request, "feedback/results.html", context)


def _parts() -> Iterator[dict[str, Any]]:
    """One part for each period, kind and version, the newest first."""
    found: dict[tuple[str, str, int], list[FeedbackBatch]] = defaultdict(list)
    for batch in results():
        found[batch.period, batch.kind, batch.questionnaire.number].append(batch)
    for (period, kind, number), batches in sorted(found.items(), reverse=True):
        counts = survey.added_up(batch.counts for batch in batches)
        questions = [_question(one, counts[one.code]) for one in batches[0].questionnaire.form if one.code in counts]
        yield {
            "title": _title(period, kind), "version": number, "questions": questions,
            "answers": sum(batch.answers for batch in batches),
        }  # fmt: skip


def _title(period: str, kind: str) -> str:
    year, _dash, quarter = period.partition("-Q")
    when = (
        pgettext("quarter", "%(year)s, quarter %(quarter)s") % {"year": year, "quarter": quarter} if quarter else year
    )
    return f"{GroupKind(kind).label if kind else _('All kinds of groups')} – {when}"


def _question(question: survey.Question, counts: dict[str, int]) -> dict[str, Any]:
    said = survey.shares(counts, step=STEP)
    lines = [{"label": one.label(language_code()), "share": said.get(one.code, 0)} for one in question.options if said]
    return {"text": question.text(language_code()), "lines": lines}
