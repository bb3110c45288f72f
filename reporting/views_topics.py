"""A page for each topic, and the page of all definitions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from psp.areas import requires
from psp.bilingual import capital
from psp.choices import Role
from reporting import offered, present, present_topic, reading
from reporting.answers.forms import forms_read_once
from reporting.choices import Topic
from reporting.forms import JOINT, By, TopicForm
from reporting.models import Series
from reporting.period_words import in_sentence, period_name
from reporting.present_topic import Asked
from reporting.views import being_counted, coming, series_in_force, topics_of


@require_GET
@requires(Role.ANALYST)
@forms_read_once()
def topic(request: HttpRequest, code: str) -> HttpResponse:
    """Everything of one topic for a period. What was asked wrongly is said at its field; the rest is kept."""
    if code not in Topic.values:
        raise Http404("no such topic")
    offer, everything = offered.offer(), series_in_force()
    series = [one for one in everything if one.topic == code]
    context: dict[str, Any] = {
        "topic": Topic(code), "topics": topics_of(everything), "is_defined": bool(series),
    }  # fmt: skip
    if offer.newest is None or not series:
        return render(request, "reports/topic.html", context | coming(offer))
    form = TopicForm(request.GET, offer, breakdowns_of(series))
    period, compare = form.chosen(), form.compared()
    asked = Asked(period, form.broken_down(), compare, offered.trend(period, offer.first))
    earlier = present.earlier_periods(period, offer.first)
    beside = [*asked.periods, *(other for _name, other in earlier)]
    shelf = reading.read(series, [period, *([compare] if compare else [])], beside=beside)
    if shelf.counting:
        return being_counted(request, shelf.counting)
    sections = [present_topic.section(one, shelf, asked, earlier) for one in series]
    context |= {
        "form": form, "period": period, "period_name": capital(period_name(period)), "sections": sections,
        "compare": compare, "compare_name": in_sentence(compare) if compare else "", "by": JOINT.join(asked.by),
        "hidden": sum(one.hidden for one in sections), "has_figures": any(one.numbers for one in sections),
        "threshold": settings.PSP_SUPPRESSION_THRESHOLD,
        **coming(offer, period),
    }  # fmt: skip
    return render(request, "reports/topic.html", context, status=400 if form.errors else 200)


def breakdowns_of(series: list[Series]) -> list[By]:
    """What any of them can be broken down by, one dimension before two."""
    found = dict.fromkeys(by for one in series for by in reading.choices_of(one))
    return sorted(found, key=len)


@require_GET
@requires(Role.ANALYST)
@forms_read_once()
def definitions(request: HttpRequest) -> HttpResponse:
    """Every definition in every version, the one in force first."""
    versions: dict[str, list[Series]] = {}
    for one in Series.objects.prefetch_related("indicators").order_by("-number"):
        versions.setdefault(one.code, []).append(one)
    topics = [
        (code, name, [
            (present_topic.entry(versions[one.code][0]), [present_topic.entry(old) for old in versions[one.code][1:]])
            for one in everything if one.topic == code
        ])
        for everything in [series_in_force()] for code, name in topics_of(everything)
    ]  # fmt: skip
    return render(request, "reports/definitions.html", {
        "topics": topics, "highest": settings.PSP_SUPPRESSION_THRESHOLD - 1,
        "settle_days": settings.PSP_REPORT_SETTLE_DAYS,
    })  # fmt: skip
