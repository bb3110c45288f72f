"""The demo's data: repeatable, through the rules, and never among real people."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from contact.lint import neutral_violations
from demo import open_groups
from demo.figures import make_reports
from groups.models import Membership, PeerGroup
from intake.choices import ApplicationState
from intake.models import Application
from psp.choices import Kind
from psp.models import User
from reporting import offered, record
from reporting.choices import ReleaseState
from reporting.models import Release, Series
from reporting.periods import Span
from sessions.models import GroupSession
from tests import factories as make
from tests.factories import a_participant
from tests.history import holes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]


def seeded(capsys, number: int = 60) -> list[str]:
    call_command("seed_demo", participants=number, seed=3)
    capsys.readouterr()
    return sorted(f"{user.pk} {user.name} {user.language}" for user in User.objects.filter(kind=Kind.PARTICIPANT))


@pytest.mark.django_db(transaction=True)
def test_same_seed_makes_the_same_people(capsys):
    from tests.environment import empty_databases

    first = seeded(capsys)
    empty_databases()
    assert seeded(capsys) == first
    assert len(first) == 60


def test_property_32_rows_written_in_bulk_have_their_history(capsys):
    seeded(capsys)
    assert User.history.count() >= 60
    assert holes() == []


def test_property_32_application_that_nobody_touched_says_so_in_its_history(capsys):
    call_command("seed_demo", participants=30, seed=3, years=0.8)
    untouched = Application.objects.filter(state=ApplicationState.SUBMITTED)
    assert untouched
    assert all(one.last_action_at == one.submitted_at for one in untouched)
    assert holes() == []


def test_whoever_is_elsewhere_on_that_evening_by_chance_stays_out_of_the_open_group(capsys, monkeypatch):
    """Else no demo could be made of some numbers of people: its evenings would ask for what nobody can do."""
    original, elsewhere = open_groups.evenings, []

    def evenings(world, by, region):
        starts = datetime.combine(open_groups._next(world.now.date() + timedelta(days=8), 3), time(19))
        starts = starts.replace(tzinfo=ZoneInfo("America/Toronto"))
        other = PeerGroup.objects.create(
            kind="formal", name_en="Evenings", name_fr="Les soirs", program_region_id=region, region_id=region,
            language="fr", modality="virtual", min_size=4, max_size=10, session_count=1, minutes=90,
            starts_on=starts.date(), start_time=starts.time(), time_zone="America/Toronto", established_at=world.now,
            created_by=by,
        )  # fmt: skip
        person = open_groups._accepted(region, "informal")[0]
        Membership.objects.create(group=other, participant=person, joined_at=world.now, state="member")
        GroupSession.objects.create(group=other, number=1, starts_at=starts, ends_at=starts + timedelta(minutes=90))
        elsewhere.append(person)
        original(world, by, region)

    monkeypatch.setattr(open_groups, "evenings", evenings)
    seeded(capsys)
    found = PeerGroup.objects.filter(name_en="Thursday evenings")
    assert all(group.sessions.exists() for group in found)
    assert len(elsewhere) == len(found) > 0
    assert not Membership.objects.filter(group__in=found, participant__in=elsewhere).exists()


def test_property_32_bulk_change_that_nobody_kept_would_be_found():
    person = User.objects.filter(pk=a_participant().user_id)
    account = person.get()
    assert holes() == []
    person.update(time_zone="America/Iqaluit")
    assert holes() == [f"psp_user: {account.pk}"]
    person.update(time_zone=account.time_zone)


def test_names_of_groups_are_neutral(capsys):
    seeded(capsys)
    for group in PeerGroup.objects.all():
        assert neutral_violations(group.name_en, "en") == []
        assert neutral_violations(group.name_fr, "fr") == []


@pytest.mark.parametrize("made_by_demo", [True, False])
def test_a_database_that_holds_people_is_refused_with_a_sentence(capsys, made_by_demo):
    User.objects.create_user(kind=Kind.STAFF, username="somebody", made_by_demo=made_by_demo)
    with pytest.raises(SystemExit) as stopped:
        call_command("seed_demo", participants=1, seed=1)
    assert stopped.value.code == 2
    assert ("are here already" if made_by_demo else "did not make") in capsys.readouterr().err
    assert User.objects.count() == 1


@pytest.mark.parametrize(("option", "value"), [("participants", -1), ("participants", 100_001), ("years", 0.0)])
def test_numbers_out_of_range_are_refused_with_a_sentence(capsys, option, value):
    options = {"participants": 1, "seed": 1, "years": 1.0} | {option: value}
    with pytest.raises(SystemExit) as stopped:
        call_command("seed_demo", **options)
    assert stopped.value.code == 2
    assert f"--{option}" in capsys.readouterr().err
    assert not User.objects.exists()


def test_every_closed_period_has_numbers_that_were_typed_and_the_first_reports_are_made_once(capsys):
    seeded(capsys)
    typed = Series.objects.filter(code__in=["registrations", "given"])
    quarters = offered.offer().periods[Span.QUARTER]
    assert len(quarters) >= 2
    assert all(record.entered(series, quarter) for series in typed for quarter in quarters)
    for _twice in range(2):
        make_reports()
    waiting, published = Release.objects.order_by("-period")
    assert [waiting.period, published.period] == [one.code for one in quarters[:2]]
    assert (waiting.state, published.state) == (ReleaseState.PREPARED, ReleaseState.APPROVED)
    shown = {row.frozen.code for row in published.tables.select_related("frozen")}
    assert {"registrations", "given"} <= shown
    assert "made up" in published.note_en


def test_no_report_is_made_among_real_people():
    make.an_analyst()
    User.objects.create_user(kind=Kind.STAFF, username="analyst", made_by_demo=False)
    User.objects.create_user(kind=Kind.STAFF, username="privacy", made_by_demo=False)
    make_reports()
    assert not Release.objects.exists()
