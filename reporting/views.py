"""The analysts' first page: the story of a closed period in protected figures, and nothing else about anybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from psp.areas import requires
from psp.audit.choices import Action
from psp.bilingual import capital, reader_language
from psp.calendar_text import long_date
from psp.choices import Role
from reporting import offered, present, reading, record
from reporting.choices import Topic
from reporting.forms import PeriodForm
from reporting.models import Indicator, Series
from reporting.offered import Offer
from reporting.period_words import in_sentence, period_name
from reporting.periods import Period
from reporting.reading import Shelf


@require_GET
@requires(Role.ANALYST)
def overview(request: HttpRequest) -> HttpResponse:
    offer, series = offered.offer(), series_in_force()
    if offer.newest is None:
        return render(request, "reports/overview.html", {"topics": topics_of(series), **coming(offer)})
    form = PeriodForm(request.GET, offer)
    period = form.chosen()
    periods = offered.trend(period, offer.first)
    earlier = present.earlier_periods(period, offer.first)
    headlines, shelf = headline_figures(series, period, [*periods, *(other for _name, other in earlier)])
    if shelf.counting:
        return being_counted(request, shelf.counting)
    made = present.overview(headlines, shelf, period, periods, earlier)
    context = {
        "form": form, "period": period, "period_name": capital(period_name(period)), "made": made,
        "topics": topics_of(series), "threshold": settings.PSP_SUPPRESSION_THRESHOLD, **coming(offer, period),
    }  # fmt: skip
    return render(request, "reports/overview.html", context, status=400 if form.errors else 200)


@require_GET
@requires(Role.ANALYST)
def overview_csv(request: HttpRequest) -> HttpResponse:
    offer = offered.offer()
    form = PeriodForm(request.GET, offer) if offer.newest else None
    if form is None or form.errors:
        return render(request, "errors/400.html", {"message": _("Choose a period from the list.")}, status=400)
    period = form.chosen()
    earlier = present.earlier_periods(period, offer.first)
    beside = [other for _name, other in earlier]
    headlines, shelf = headline_figures(series_in_force(), period, beside, action=Action.EXPORT)
    if shelf.counting:
        return being_counted(request, shelf.counting)
    text = present.glance_csv(headlines, shelf, period, earlier)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="table-{period.code}.csv"'
    return response


def being_counted(request: HttpRequest, left: int) -> HttpResponse:
    """The page that looks again by itself until the worker has counted what is asked for."""
    context = {"left": left, "again": request.get_full_path()}
    answer = render(request, "reports/being_counted.html", context, status=202)
    answer["Retry-After"] = "10"
    return answer


def headline_figures(
    series: list[Series], period: Period, beside: list[Period], *, action: Action = Action.READ
) -> tuple[list[Indicator], Shelf]:
    """The figures of the first page, in order of topic and place, and the tables that they are read from."""
    headlines = [one for each in series for one in each.indicators.all() if one.headline]
    needed = list({one.series_id: one.series for one in headlines}.values())
    return headlines, reading.read(needed, [period], beside=beside, whole=False, action=action)


def series_in_force() -> list[Series]:
    """With their indicators, topics in the order in which people go through the program."""
    found = record.in_force()
    prefetched = Prefetch("indicators", queryset=Indicator.objects.order_by("place", "code"))
    prefetch_related_objects(found, prefetched)
    for one in found:
        for indicator in one.indicators.all():
            indicator.series = one
    return found


def topics_of(series: list[Series]) -> list[tuple[str, str]]:
    """Code and name of the topics that anything is counted for."""
    found = dict.fromkeys(one.topic for one in series)
    return [(topic, str(Topic(topic).label)) for topic in found]


def coming(offer: Offer, period: Period | None = None) -> dict[str, Any]:
    """When the next figures come: of the same length as those that are looked at, or of the shortest."""
    shortest = list(offer.periods)[-1]
    like = period or offered.containing_today(shortest)
    found, day = offered.next_figures(like)
    words = reader_language()
    return {
        "next_name": in_sentence(found), "next_day": day, "next_day_words": long_date(day, words),
        "settle_days": settings.PSP_REPORT_SETTLE_DAYS, "is_new": offer.first is None,
    }  # fmt: skip
