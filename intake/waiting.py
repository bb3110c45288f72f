"""What the desk shows of the waiting list. Reads only; views write the access log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone

from intake.choices import Service
from intake.desk import waiting_text
from intake.models import WaitingPlace
from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.choices import Language
from psp.models import Region, User


def queue(reader: User, *, service: str, language: str = "", region: str = "", modality: str = "") -> QuerySet[Any]:
    """One queue of the reader's regions, in its order, narrowed."""
    rows = WaitingPlace.objects.in_regions_of(reader).waiting().filter(service=service)
    if language:
        rows = rows.filter(participant__user__language=language)
    if region:
        rows = rows.filter(participant__region=region)
    if modality:
        rows = rows.filter(participant__modalities__contains=[modality])
    rows = rows.select_related("participant__user", "participant__region", "priority_by")
    return rows.in_order(timezone.localdate())


def row_of(place: WaitingPlace, number: int) -> dict[str, Any]:
    """`number`: their place in the list as it is shown."""
    first = place.ahead == 0  # type: ignore[attr-defined]
    return {
        "place": place, "person": place.participant, "number": number, "waited": waiting_text(place.since),
        "since": long_date(place.since.date(), reader_language()), "first": first,
        "until": long_date(place.priority_until, reader_language()) if first and place.priority_until else "",
    }  # fmt: skip


def counts(reader: User) -> list[dict[str, Any]]:
    """How many wait for what, where and in which language; each number with the address of its list."""
    rows = WaitingPlace.objects.in_regions_of(reader).standing().order_by()
    grouped = rows.values_list("service", "participant__region", "participant__user__language")
    numbers: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for service, region, spoken, number in grouped.annotate(number=Count("pk")):
        numbers[service, region][spoken] = number
    order = {service: place for place, service in enumerate(Service.values)}
    names = {region.code: str(region) for region in Region.objects.all()}
    return [
        {"service": Service(service).label, "where": names[region], "all": _cell(sum(found.values()), service, region),
         "languages": [_cell(found.get(code, 0), service, region, code) for code in Language.values]}
        for (service, region), found in sorted(numbers.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    ]  # fmt: skip


def _cell(number: int, service: str, region: str, spoken: str = "") -> dict[str, Any]:
    wanted = {"service": service, "region": region} | ({"language": spoken} if spoken else {})
    return {"number": number, "url": f"{reverse('desk:waiting')}?{urlencode(wanted)}"}


def by_service(reader: User) -> QuerySet[Any]:
    rows = WaitingPlace.objects.in_regions_of(reader).standing().order_by().values_list("service")
    counted: QuerySet[Any] = rows.annotate(number=Count("pk"))
    return counted


def totals(numbers: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """How many wait for each service, from what `by_service` found."""
    found = dict(numbers)
    return [
        {"label": Service(service).label, "number": found.get(service, 0),
         "url": f"{reverse('desk:waiting')}?service={service}"}
        for service in Service.values
    ]  # fmt: skip
