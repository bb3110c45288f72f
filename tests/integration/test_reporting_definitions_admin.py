"""Administrators read definitions, and give one other words under the next number."""

from __future__ import annotations

import io

import pytest
from django.apps import apps
from django.test import Client

from psp.audit.models import Entry
from psp.content import load
from psp.errors import Conflict, DomainError, Forbidden
from reporting import record, reference
from reporting.apps import load_reference
from reporting.definitions.forms import NextForm, breakdown_name, possible
from reporting.definitions.services import new_version
from reporting.models import Series
from reporting.periods import parse
from reporting.reference import content_of, load_one
from tests.factories import a_user, an_analyst, sign_in, with_role

pytestmark = pytest.mark.django_db
LIST = "/admin/reporting/series/"


def an_administrator():
    return with_role(a_user(), "administrator")


def series(code: str = "people") -> Series:
    return Series.objects.get(code=code, number=1)


def said(one: Series, **change) -> dict:
    """What the form sends when nothing but `change` is changed."""
    form = NextForm(None, series=one)
    return {name: form.initial[name] for name in form.fields} | change


def test_definition_gets_other_words_under_the_next_number(client: Client):
    sign_in(client, an_administrator())
    record.tables(series(), parse("2026-05"))
    page = client.get(f"{LIST}{series().pk}/next/").content.decode()
    assert "version 2, made of version 1" in page
    answer = client.post(f"{LIST}{series().pk}/next/", said(series(), name_en="Who came", breakdowns=["region"]))
    assert answer.status_code == 302
    made = Series.objects.get(code="people", number=2)
    assert (made.name_en, made.name_fr, made.breakdowns) == ("Who came", series().name_fr, [["region"]])
    assert [one.code for one in made.indicators.all()] == ["people"]
    assert series().name_en != "Who came"
    assert record.definition(made, parse("2026-05")).number == 1
    assert set(record.tables(made, parse("2026-06"))) == {(), ("region",)}
    assert Entry.objects.filter(model="reporting.series", action="create").exists()


def test_unit_of_medians_is_changed_where_a_definition_has_any(client: Client):
    sign_in(client, an_administrator())
    counts, waits = said(series()), said(series("places-given"))
    assert "measured_en" not in counts
    assert (waits["measured_en"], waits["measured_fr"]) == ("weeks", "semaines")
    change = {"measured_en": "whole weeks", "measured_fr": "semaines entières"}
    answer = client.post(f"{LIST}{series('places-given').pk}/next/", waits | change)
    assert answer.status_code == 302
    made = Series.objects.get(code="places-given", number=2)
    assert (made.measured_en, made.measured_fr) == ("whole weeks", "semaines entières")
    answer = client.post(f"{LIST}{made.pk}/next/", waits | {"measured_fr": ""})
    assert "Unit of times and marks, in French" in answer.content.decode()


@pytest.mark.parametrize("counted", [False, True])
def test_version_of_an_administrator_is_not_overwritten_by_what_comes_with_the_program(monkeypatch, counted):
    made = new_version(series=series(), content=content_of(series()) | {"name_en": "Who came"}, by=an_administrator())
    if counted:
        record.tables(made, parse("2026-05"))
    coming = next(one for one in load("indicators")["series"] if one["code"] == "people") | {"number": 2}
    monkeypatch.setattr(reference, "load", lambda name: {"series": [coming]} if name == "indicators" else load(name))
    told = io.StringIO()
    load_reference(apps.get_app_config("reporting"), stdout=told)
    assert "“people” number 2 was made here by an administrator and stays as it is" in told.getvalue()
    assert "make number 3" in told.getvalue()
    made.refresh_from_db()
    assert (made.name_en, made.made_here) == ("Who came", True)
    load_one(coming | {"number": 3})
    assert {one.code: one.number for one in record.in_force()}["people"] == 3


def test_version_that_says_what_comes_with_the_program_is_no_news():
    new_version(series=series(), content=content_of(series()) | {"name_en": "Who came"}, by=an_administrator())
    assert reference.load_all() == []


@pytest.mark.parametrize(
    ("change", "told"),
    [({}, "says the same"), ({"spans": []}, "at least one length"), ({"name_fr": ""}, "Name, in French"),
     ({"breakdowns": ["referred_to"]}, "Broken down by"), ({"spans": ["week"]}, "Lengths of period")],
)  # fmt: skip
def test_version_that_cannot_be_is_told_with_its_place(client: Client, change, told):
    sign_in(client, an_administrator())
    answer = client.post(f"{LIST}{series().pk}/next/", said(series(), **change))
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert Series.objects.filter(code="people").count() == 1


@pytest.mark.parametrize(
    "breakdowns", [[["region", "kind", "language"]], [["kind", "kind"]], [["status"]], [[]], [["outcome=x", "region"]]]
)
def test_program_makes_no_version_that_it_cannot_count(breakdowns):
    with pytest.raises(DomainError) as refused:
        new_version(series=series(), content=content_of(series()) | {"breakdowns": breakdowns}, by=an_administrator())
    assert refused.value.code == "not_counted"
    assert Series.objects.filter(code="people").count() == 1


def test_second_version_of_the_same_is_refused():
    other = content_of(series()) | {"name_en": "Who came"}
    new_version(series=series(), content=other, by=an_administrator())
    with pytest.raises(Conflict):
        new_version(series=series(), content=other | {"name_en": "Who was there"}, by=an_administrator())


def test_definitions_are_read_by_everybody_and_changed_by_administrators_alone(client: Client):
    with pytest.raises(Forbidden):
        new_version(series=series(), content=content_of(series()) | {"name_en": "Who"}, by=an_analyst())
    sign_in(client, an_administrator())
    page = client.get(f"{LIST}{series().pk}/change/").content.decode()
    assert series().population_fr in page
    assert client.post(f"{LIST}{series().pk}/change/", {"name_en": "Who"}).status_code == 403
    assert "Make a new version" in client.get(LIST).content.decode()


def test_every_choice_of_breakdown_can_be_counted():
    for one in Series.objects.exclude(topic="answers"):
        for names in possible(one):
            assert breakdown_name(names)
    assert ("outcome=referred", "referred_to") in possible(series("decisions"))
    assert breakdown_name(("outcome=referred", "referred_to")) == "Referred to (Referred elsewhere)"
