"""Numbers of other platforms: typed, pasted, looked at, kept; and no place for anything about a person."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from psp.audit.choices import Action
from psp.audit.models import Entry
from psp.choices import Role
from psp.errors import DomainError, Forbidden
from reporting import record
from reporting.choices import Method, Topic
from reporting.disclosure import digest_of, protect_json, record_of
from reporting.models import FrozenTable, Platform, PlatformFigure, Series
from reporting.periods import Span, containing
from reporting.platforms.services import Kept, keep_figures, months_out, remove_month
from tests import factories as make
from tests.platforms import a_platform, a_row, months_ago

pytestmark = pytest.mark.django_db
LAST, BEFORE = f"{months_ago(1):%Y-%m}", f"{months_ago(2):%Y-%m}"
TABLE = f"month,region,registrations,source,remarks\n{BEFORE},QC,41,monthly report,\n{LAST},ON,57,monthly report,late\n"


@pytest.fixture
def me():
    return make.an_analyst()


@pytest.fixture
def analyst(client, me):
    make.sign_in(client, me)
    return client


@pytest.fixture
def platform() -> Platform:
    return a_platform()


def frozen(span: Span, months: int = 1) -> FrozenTable:
    """Figures of other platforms that are out for the period in which that month lies."""
    series, _made = Series.objects.get_or_create(
        code="platforms", number=90, defaults={"topic": Topic.PLATFORMS, "counter": "none", "spans": ["month"]}
    )
    table = protect_json({"dimensions": ["total"], "cells": [{"total": "all", "count": 98}]})
    body = record_of(table)
    return FrozenTable.objects.create(
        series=series, code="platforms", period=containing(months_ago(months), span).code, method=Method.SUPPRESSION,
        threshold=10, body=body, digest=digest_of(body), optimal=True,
    )  # fmt: skip


def addresses(platform: Platform) -> dict[str, str]:
    return {
        "list": reverse("reports:platforms"), "number": reverse("reports:platform_month", args=[platform.pk]),
        "table": reverse("reports:platform_table", args=[platform.pk]),
        "remove": reverse("reports:platform_remove", args=[platform.pk, LAST]),
    }  # fmt: skip


def number(**changes: str) -> dict[str, str]:
    return {"month": LAST, "region": "QC", "registrations": "41", "source": "monthly report", "remarks": ""} | changes


def stored() -> list[tuple[str, str, int]]:
    rows = PlatformFigure.objects.order_by("month", "region")
    return [(f"{row.month:%Y-%m}", row.region, row.registrations) for row in rows]


# Services ---------------------------------------------------------------------------------------------------


def test_keep_figures_keeps_all_and_audits_months_without_numbers(platform, me):
    assert keep_figures(platform=platform, rows=[a_row(41), a_row(57, region="ON", months=2)], by=me) == Kept(2, 0)
    assert stored() == [(BEFORE, "ON", 57), (LAST, "QC", 41)]
    entry = Entry.objects.filter(action=Action.CHANGE, model="reporting.platform").get()
    assert entry.fields == f"{BEFORE},{LAST}"


def test_keep_figures_twice_is_once(platform, me):
    keep_figures(platform=platform, rows=[a_row(41)], by=me)
    assert keep_figures(platform=platform, rows=[a_row(41)], by=me) == Kept(0, 1)
    assert stored() == [(LAST, "QC", 41)]


@pytest.mark.parametrize("maker", ["a_coordinator", "a_privacy_officer", "a_facilitator", "a_clinician"])
def test_keep_figures_is_for_analysts(platform, maker):
    with pytest.raises(Forbidden):
        keep_figures(platform=platform, rows=[a_row()], by=getattr(make, maker)())
    with pytest.raises(Forbidden):
        remove_month(platform=platform, month=months_ago(1), by=make.with_role(make.a_user(), Role.ADMINISTRATOR))


@pytest.mark.parametrize("span", list(Span))
def test_month_that_is_out_is_left_alone(platform, me, span):
    keep_figures(platform=platform, rows=[a_row(3)], by=me)
    frozen(span)
    assert months_out([months_ago(1)]) == {months_ago(1)}
    for change in (lambda: keep_figures(platform=platform, rows=[a_row(500)], by=me),
                   lambda: keep_figures(platform=platform, rows=[a_row(500, region="ON")], by=me),
                   lambda: remove_month(platform=platform, month=months_ago(1), by=me)):  # fmt: skip
        with pytest.raises(DomainError) as refusal:
            change()
        assert refusal.value.code == "month_is_out"
    assert stored() == [(LAST, "QC", 3)]


def test_month_by_region_and_as_a_whole_is_refused(platform, me):
    keep_figures(platform=platform, rows=[a_row()], by=me)
    with pytest.raises(DomainError) as refusal:
        keep_figures(platform=platform, rows=[a_row(90, region=""), a_row(5, months=2)], by=me)
    assert refusal.value.code == "both_ways"
    assert stored() == [(LAST, "QC", 41)]


def test_closed_platform_takes_no_later_month(platform, me):
    Platform.objects.filter(pk=platform.pk).update(closed_on=months_ago(2))
    keep_figures(platform=platform, rows=[a_row(months=2)], by=me)
    with pytest.raises(DomainError) as refusal:
        keep_figures(platform=platform, rows=[a_row()], by=me)
    assert refusal.value.code == "platform_closed"


def test_platform_figure_once(platform):
    PlatformFigure.objects.create(platform=platform, month=months_ago(1), registrations=1, source="r")
    with pytest.raises(IntegrityError, match="platform_figure_once"), transaction.atomic():
        PlatformFigure.objects.create(platform=platform, month=months_ago(1), registrations=2, source="r")
    with pytest.raises(IntegrityError, match="platform_figure_by_month"), transaction.atomic():
        PlatformFigure.objects.create(
            platform=platform, month=months_ago(1).replace(day=2), registrations=2, source="r"
        )


# Typed ------------------------------------------------------------------------------------------------------


def test_number_is_typed_and_told_once(analyst, platform):
    answer = analyst.post(addresses(platform)["number"], number(registrations="1 234"), follow=True)
    assert stored() == [(LAST, "QC", 1234)]
    assert "1,234" in answer.content.decode()
    assert "1,234" not in analyst.get(addresses(platform)["list"]).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"registrations": "41.5"}, "whole number"),
        ({"registrations": "-4"}, "below zero"),
        ({"registrations": ""}, "Write 0"),
        ({"month": lambda: f"{timezone.localdate():%Y-%m}"}, "from the list"),
        ({"region": "XYZ"}, "from the list"),
        ({"source": ""}, "where the number comes from"),
        ({"source": "jo.canary@example.org"}, "e-mail address"),
        ({"remarks": "asked 514 555-0199"}, "telephone number"),
        ({"remarks": "born 1998-04-23"}, "date of birth"),
        ({"remarks": "told by Mme Canary"}, "name"),
        ({"remarks": "x" * 201}, "at most 200"),
    ],
)
def test_number_with_a_fault_says_how_to_mend_it(analyst, platform, changes, said):
    changed = {field: value() if callable(value) else value for field, value in changes.items()}
    answer = analyst.post(addresses(platform)["number"], number(**changed))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert stored() == []


@pytest.mark.parametrize("field", ["source", "remarks"])
def test_personal_text_is_not_even_shown_again(analyst, platform, field):
    answer = analyst.post(addresses(platform)["number"], number(**{field: "jo.canary@example.org"}))
    assert "canary" not in answer.content.decode()


def test_number_of_a_month_that_is_out_says_how_corrections_are_made(analyst, platform):
    frozen(Span.QUARTER)
    answer = analyst.post(addresses(platform)["number"], number())
    assert answer.status_code == 400
    assert "note of the next report" in answer.content.decode()


# Pasted -----------------------------------------------------------------------------------------------------


def test_table_is_looked_at_and_then_kept(analyst, platform):
    looked = analyst.post(addresses(platform)["table"], {"table": TABLE, "source": ""})
    page = looked.content.decode()
    assert looked.status_code == 200
    assert stored() == []
    assert "Nothing is kept yet" in page
    again = dict(re.findall(r'<input type="hidden"\s+name="(table|source)"\s+value="([^"]*)"', page))
    kept = analyst.post(addresses(platform)["table"], again | {"keep": "1"})
    assert kept.status_code == 302
    assert stored() == [(BEFORE, "QC", 41), (LAST, "ON", 57)]
    analyst.post(addresses(platform)["table"], again | {"keep": "1"})
    assert len(stored()) == 2


def test_table_that_was_changed_on_the_way_is_read_again(analyst, platform):
    answer = analyst.post(
        addresses(platform)["table"], {"table": TABLE.replace("57", "-57"), "source": "", "keep": "1"}
    )
    assert answer.status_code == 400
    assert stored() == []


def test_faults_of_a_table_name_line_and_column_and_keep_what_was_typed(analyst, platform):
    answer = analyst.post(addresses(platform)["table"], {"table": TABLE.replace("57", "5.7"), "source": ""})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Line 3, column 3 (registrations)" in page
    assert "monthly report,late" in page


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "table",
    [f"month,registrations,e-mail\n{LAST},1,canary@example.org\n", f"mois;inscriptions;prénom\n{LAST};1;Canary\n",
     TABLE.replace("late", "canary@example.org"), TABLE.replace("late", "Mme Canary told")],
)  # fmt: skip
def test_table_about_people_is_refused_whole_and_shown_to_nobody(analyst, platform, language, table, caplog, capsys):
    with translation.override(language):
        answer = analyst.post(reverse("reports:platform_table", args=[platform.pk]), {"table": table, "source": ""})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert ("The table was not kept" if language == "en" else "n’a pas été conservé") in page
    for where in (page, caplog.text, capsys.readouterr().out, *map(str, Entry.objects.values())):
        assert "canary" not in where.lower()
    assert stored() == []


def test_months_that_are_out_are_said_before_anything_is_kept(analyst, platform):
    frozen(Span.MONTH)
    page = analyst.post(addresses(platform)["table"], {"table": TABLE, "source": ""}).content.decode()
    assert "The figures of some of these months are final" in page
    assert 'name="keep"' not in page
    assert analyst.post(addresses(platform)["table"], {"table": TABLE, "source": "", "keep": "1"}).status_code == 400
    assert stored() == []


def test_look_does_not_tell_what_was_entered_before(analyst, platform, me):
    """Whoever pastes guesses must not be told which one is right."""
    keep_figures(platform=platform, rows=[a_row(57, region="ON")], by=me)
    pages = [
        analyst.post(addresses(platform)["table"], {"table": TABLE.replace("57", guess), "source": ""}).content.decode()
        for guess in ("57", "58")
    ]
    plain = [re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|5[78]', "", page) for page in pages]
    assert plain[0] == plain[1]


def test_table_is_limited_in_size(analyst, platform):
    answer = analyst.post(addresses(platform)["table"], {"table": "canary\n" * 10_000, "source": ""})
    assert answer.status_code == 400
    assert "canary" not in answer.content.decode()


# Removing ---------------------------------------------------------------------------------------------------


def test_month_is_removed_after_a_question(analyst, platform, me):
    keep_figures(platform=platform, rows=[a_row(), a_row(57, region="ON"), a_row(months=2)], by=me)
    assert "Remove" in analyst.get(addresses(platform)["remove"]).content.decode()
    assert len(stored()) == 3
    for _twice in range(2):
        assert analyst.post(addresses(platform)["remove"]).status_code == 302
        assert stored() == [(BEFORE, "QC", 41)]
    assert analyst.get(addresses(platform)["remove"]).status_code == 404


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "soon", "20261", "2026-10-01"])
def test_address_of_no_month_is_not_found(analyst, platform, month):
    assert analyst.get(reverse("reports:platform_remove", args=[platform.pk, month])).status_code == 404


# Counted -----------------------------------------------------------------------------------------------------


def test_month_is_counted_once_every_platform_has_a_number_for_it(me):
    """Numbers come late. A month that nobody entered yet would be frozen as 0, and what is out never changes."""
    series, month = Series.objects.get(code="registrations", number=1), containing(months_ago(3), Span.MONTH)
    quiet, other = Platform.objects.get(code="togetherall"), a_platform(closed_on=months_ago(2))
    for platform in (quiet, other):
        with pytest.raises(DomainError) as refusal:
            record.tables(series, month)
        assert refusal.value.code == "not_entered"
        assert record.freeze_closed(series, [month]) == (0, 0)
        keep_figures(platform=platform, rows=[a_row(0 if platform == quiet else 57, months=3)], by=me)
    assert record.tables(series, month)[()].value() == 57
    assert months_out([months_ago(3)]) == {months_ago(3)}


def test_month_after_a_platform_closed_waits_for_nothing_of_it():
    Platform.objects.update(closed_on=months_ago(5))
    series, month = Series.objects.get(code="registrations", number=1), containing(months_ago(3), Span.MONTH)
    assert record.tables(series, month)[()].value() == 0


# Who --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["list", "number", "table", "remove"])
@pytest.mark.parametrize("maker", ["a_coordinator", "a_privacy_officer", "a_facilitator", "a_clinician"])
def test_platforms_are_closed_to_other_roles(client, platform, me, name, maker):
    keep_figures(platform=platform, rows=[a_row()], by=me)
    make.sign_in(client, getattr(make, maker)())
    assert client.get(addresses(platform)[name]).status_code == 403
    refused = 405 if name == "list" else 403
    assert client.post(addresses(platform)[name], number() | {"table": TABLE}).status_code == refused
    assert len(stored()) == 1


def test_no_page_shows_a_number_that_was_entered(analyst, platform, me):
    keep_figures(platform=platform, rows=[a_row(7), a_row(99_871, region="ON")], by=me)
    for name in ("list", "number", "table", "remove"):
        page = analyst.get(addresses(platform)[name]).content.decode()
        assert not re.search(r">\s*7\s*<|99,871|99871", page), name
