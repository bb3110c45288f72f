"""No page, file, log, note or cache of the reports tells a small count, whatever is asked and by whom.

Two proofs. Two worlds that differ in nothing but small counts must look the same, byte for byte: so nothing that
anybody gets depends on one. And what is out must look the same after the counts behind it changed: so nobody learns
from the difference that somebody withdrew, and no page counts by itself.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.urls import get_resolver

from groups.models import Membership, PeerGroup
from intake.models import Application, Participant
from psp.audit.models import Entry
from psp.choices import Role
from psp.models import User
from reporting import record
from reporting.choices import Topic
from reporting.freezing.nightly import freeze_closed_periods
from reporting.models import FrozenTable, Given, GivenKind, Platform, PlatformFigure
from sessions.models import Attendance, GroupSession
from tests import factories as make
from tests.harvest import harvest, with_wrong_answers

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
WHEN = NOW - timedelta(days=75)
MONTH = date(2026, 9, 1)
PERIODS = ("2026-11", "2026", "2026-09", "2026-Q2")
FILES = ("csv", "xlsx", "json", "pdf")
READERS = {
    "analyst": make.an_analyst, "officer": make.a_privacy_officer, "coordinator": make.a_coordinator,
    "administrator": lambda: make.with_role(make.a_user(), Role.ADMINISTRATOR), "visitor": lambda: None,
}  # fmt: skip
# Numbers of a request that differ by themselves.
PASSING = re.compile(r"'(?:ms|seconds)': [\d.]+|'timestamp': '[^']*'|'request_id': '[^']*'|p-[0-9a-f]{24}")


def bare(log: str) -> list[str]:
    """Lines of a log without what passes; in what order a line says it is chance."""
    return [" ".join(sorted(re.findall(r"[^\s,{}]+", PASSING.sub("", line)))) for line in log.splitlines()]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def readers() -> dict[str, User | None]:
    return {name: maker() for name, maker in READERS.items()}


def begin() -> tuple[str, ...]:
    """Where a reader starts who knows every address; links and forms lead on from there."""
    found = []
    for language, kinds, periods in (("en", FILES, PERIODS), ("fr", FILES[:1], PERIODS[3:])):
        area = f"/{language}/reports/"
        found += [area, *(f"{area}{name}" for name in plain_routes())]
        for topic in Topic.values:
            found += [f"{area}topics/{topic}/?period={code}" for code in periods]
            found += [f"{area}topics/{topic}/table.{kind}?period={periods[-1]}" for kind in kinds]
        found += [f"{area}table.csv?period={code}" for code in periods]
    return tuple(found)


def some_pages() -> tuple[str, ...]:
    """Of everything, what speaks of the month and its quarter, in every shape."""
    return tuple(one for one in begin() if re.search(r"reports/$|period=2026-(?:09|Q2)$", one))


def plain_routes() -> list[str]:
    """Addresses of the area that name nothing."""
    area = next(one for one in _includes(get_resolver().url_patterns) if getattr(one, "namespace", "") == "reports")
    return [str(one.pattern) for one in area.url_patterns if hasattr(one, "callback") and "<" not in str(one.pattern)]


def _includes(patterns):
    for one in patterns:
        yield one
        yield from _includes(getattr(one, "url_patterns", []))


def everything(readers: dict[str, User | None]) -> dict[str, str]:
    """By reader and address, what they get; then the same with answers that nobody is offered."""
    found: dict[str, str] = {}
    for name, user in readers.items():
        got = harvest(user, begin() if name == "analyst" else begin()[:12], most=160)
        got |= harvest(user, with_wrong_answers(got), most=150) if name == "analyst" else {}
        # What a coordinator typed for the own region is no report.
        found |= {f"{name} {address}": text for address, text in got.items() if "/given/" not in address}
    return found


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Addresses that are not the same in both, each with the first line that is not."""
    told = [f"{address}: only once" for address in sorted(one.keys() ^ other.keys())]
    for address in sorted(one.keys() & other.keys()):
        if one[address] != other[address]:
            pairs = zip(one[address].splitlines(), other[address].splitlines(), strict=False)
            told.append(f"{address}: {next(((a, b) for a, b in pairs if a != b), 'longer')}")
    return told


# Two worlds of small counts ---------------------------------------------------------------------------------


def some_people(count: int, coordinator: User) -> list[Participant]:
    """So many people who did all the same: applied, were accepted, came once to one group."""
    group = PeerGroup.objects.create(
        kind="formal", name_en="Evenings", name_fr="Les soirs", program_region_id="QC", region_id="QC", language="fr",
        modality="virtual", min_size=4, max_size=10, session_count=1, minutes=90, starts_on=WHEN.date(),
        start_time=WHEN.time(), time_zone="America/Toronto", established_at=WHEN, created_by=coordinator,
    )  # fmt: skip
    held = GroupSession.objects.create(
        group=group, number=1, starts_at=WHEN, ends_at=WHEN + timedelta(minutes=90), state="held"
    )
    people = [make.a_participant("QC", consents=("taking_part", "results")) for _number in range(count)]
    for person in people:
        make.an_application(person, state="accepted", submitted_at=WHEN - timedelta(days=2), accepted_for=["formal"],
                            decided_at=WHEN - timedelta(days=1), decided_by=coordinator,
                            decision_version=make.an_eligibility_version())  # fmt: skip
        Membership.objects.create(group=group, participant=person, joined_at=WHEN, state="member")
        Attendance.objects.create(session=held, participant=person, status="present", recorded_by=coordinator)
    return people


def small_world(count: int, coordinator: User, platform: Platform) -> None:
    some_people(count, coordinator)
    kind = GivenKind.objects.order_by("code")[0]
    Given.objects.create(kind=kind, region_id="QC", month=MONTH, number=count, people=count)
    PlatformFigure.objects.create(platform=platform, month=MONTH, region="QC", registrations=count, source="report")


def seen_of(count: int, readers, coordinator: User, platform: Platform, caplog, capsys) -> dict[str, str]:
    """All traces of a world with so many people, which is taken back again."""
    caplog.clear()
    capsys.readouterr()
    cache.clear()
    entry = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        small_world(count, coordinator, platform)
        frozen = freeze_closed_periods()
        found = everything(readers)
        rows = FrozenTable.objects.order_by("code", "period", "breakdown").values_list("code", "period", "body")
        found["record"] = "\n".join(map(str, rows))
        found["frozen"] = str(frozen)
        notes = Entry.objects.filter(pk__gt=entry, purpose="reporting").order_by("pk")
        found["notes"] = "\n".join(map(str, notes.values_list("action", "model", "fields")))
        transaction.set_rollback(True)
    found["logs"] = "\n".join(bare(caplog.text + capsys.readouterr().out))
    return found


def test_worlds_that_differ_in_small_counts_alone_look_the_same(readers, caplog, capsys):
    coordinator, platform = make.a_coordinator("QC"), Platform.objects.get(code="togetherall")
    three, seven = (seen_of(count, readers, coordinator, platform, caplog, capsys) for count in (3, 7))
    assert len(three) > 200
    assert "2026-09" in three["record"]
    assert three["record"].count("null") > 20
    assert differing(three, seven) == []


# The same world, before and after ----------------------------------------------------------------------------


def test_what_is_out_looks_the_same_after_its_counts_changed(readers):
    """As an analyst sees it who comes back after somebody withdrew, was entered late or was corrected."""
    coordinator, platform = make.a_coordinator("QC"), Platform.objects.get(code="togetherall")
    for count in (9, 9, 4):
        some_people(count, coordinator)
    PlatformFigure.objects.create(platform=platform, month=MONTH, region="QC", registrations=41, source="report")
    freeze_closed_periods()
    before = harvest(readers["analyst"], some_pages(), most=60)
    assert any("22" in text for text in before.values())
    for person in Participant.objects.order_by("pk")[:5]:
        make.disagree(person.user, "results")
    Attendance.objects.filter(pk=Attendance.objects.order_by("pk").values_list("pk")[:1]).delete()
    Application.objects.update(state="declined", accepted_for=[], decision_reasons=["under_18"])
    GroupSession.objects.update(state="cancelled")
    PlatformFigure.objects.update(registrations=F("registrations") + 7)
    some_people(6, coordinator)
    assert differing(before, harvest(readers["analyst"], some_pages(), most=60)) == []


def test_administrators_see_no_figure_that_is_not_protected(client):
    """Neither rows that are counted as numbers nor those that are frozen are among their pages."""
    from django.contrib import admin

    shown = {model._meta.label for model in admin.site._registry if model._meta.app_label == "reporting"}
    assert not shown & {"reporting.PlatformFigure", "reporting.Given", "reporting.Look"}


def test_record_has_no_number_that_is_small(readers):
    small_world(7, make.a_coordinator("QC"), Platform.objects.get(code="togetherall"))
    freeze_closed_periods()
    threshold = settings.PSP_SUPPRESSION_THRESHOLD
    numbers = [value for row in FrozenTable.objects.all() for value in record.opened(row).values.values()]
    assert numbers
    assert not [value for value in numbers if value is not None and 0 < value < threshold]
