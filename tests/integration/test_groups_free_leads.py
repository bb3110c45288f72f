"""Who is free to lead, for coordinators: whether somebody is, and as little else as they need ([NH] 24, 30, 32)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from groups.models import GroupLead, LeadProfile
from groups.services import add_member
from intake.services_apart import note_apart
from supporters.joining.former import key_of
from supporters.models import FormerTie, Leave, Pairing, Pause, Qualification, Readiness
from tests import factories as make

pytestmark = pytest.mark.django_db
PAGE = "/en/desk/leads/"
# Evenings from Monday to Thursday.
EVENING = {"day": "1", "begins": "18:30", "ends": "20:30"}


@pytest.fixture
def coordinator():
    return make.a_coordinator()


@pytest.fixture
def desk(client, coordinator):
    make.sign_in(client, coordinator)
    return client


def a_lead(name: str, **fields):
    user = make.a_leading_person(**{"max_groups": 2} | fields)
    user.name = name
    user.save()
    return user


def page(desk, **wanted) -> str:
    return desk.get(PAGE, wanted).content.decode()


def row(html: str, name: str) -> str:
    """What the table says of this person."""
    return " ".join(html.split(f"<span>{name}</span>")[1].split("</tr>")[0].split())


def test_page_says_who_is_free_and_for_how_many_groups(desk, coordinator):
    lead = a_lead("Lou Leads")
    a_lead("Noa Leads")
    GroupLead.objects.create(group=make.a_group(coordinator), user=lead, role="facilitator")
    html = page(desk)
    assert "Free for 1 group" in row(html, "Lou Leads")
    assert "Free for 2 groups" in row(html, "Noa Leads")
    assert "2 people may lead now." in html


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ({"language": "fr"}, {"Fran"}), ({"language": "en"}, {"Engl"}), ({"modality": "in_person"}, set()),
        (EVENING, {"Fran"}), (EVENING | {"day": "5"}, set()), ({"region": "QC"}, {"Fran", "Engl"}),
        ({"language": "de"}, {"Fran", "Engl"}),
    ],
)  # fmt: skip
def test_list_is_narrowed_by_where_in_which_language_how_and_when(desk, wanted, shown):
    a_lead("Fran", languages=("fr",))
    a_lead("Engl", languages=("en",), week=((600, 720),))
    html = page(desk, **wanted)
    assert {name for name in ("Fran", "Engl") if f"<span>{name}</span>" in html} == shown


def test_half_a_time_is_said_how_to_mend(desk):
    assert "Choose a day, and both times." in page(desk, begins="18:00")


def test_pause_leave_wish_pair_and_former_cohort_read_alike(desk, coordinator):
    """Nobody can tell from the page why somebody is not available."""
    names = ("Paused", "Away", "Wish", "Apart", "Cohort")
    paused, away, wish, apart, cohort = (a_lead(name) for name in names)
    group, member = make.a_group(coordinator), make.an_accepted_participant(by=coordinator)
    add_member(group=group, participant=member, by=coordinator)
    Pause.objects.create(user=paused)
    today = timezone.localdate()
    Leave.objects.create(
        user=away, kind="sick", first_day=today, last_day=today + timedelta(days=3), noted_by=make.the_supervisor()
    )
    LeadProfile.objects.filter(user=wish).update(paused=True)
    note_apart(participant=member, other=apart, by=coordinator)
    FormerTie.objects.create(user=cohort, key=key_of(member.user_id))
    html = page(desk, group=str(group.pk))
    said = {row(html, name) for name in names}
    assert len(said) == 1
    assert "This person is not available now." in said.pop()


def test_late_supervision_and_not_ready_yet_read_alike(desk):
    late, unready = a_lead("Late"), a_lead("Unready")
    Pairing.objects.filter(user=late).update(since=timezone.localdate() - timedelta(days=60))
    Readiness.objects.filter(user=unready).delete()
    html = page(desk)
    assert row(html, "Late") == row(html, "Unready")
    assert "their supervisor" in row(html, "Late")


def test_what_is_known_of_wellbeing_and_supervision_never_reaches_the_page(desk):
    supervisor = make.a_supervisor(name="CANARY-SUPERVISOR")
    lead = make.ready_to_lead(make.a_newcomer(name="Lou Leads"), supervisor=supervisor)
    Pairing.objects.filter(user=lead).update(since=timezone.localdate() - timedelta(days=60))
    Readiness.objects.create(
        user=lead, ready_for="leading", reviewer=supervisor, held_on=timezone.localdate(), outcome="not_now",
        look_again_on=timezone.localdate() + timedelta(days=77), would_help="CANARY-HELP",
    )  # fmt: skip
    html = page(desk)
    assert "CANARY" not in html
    assert not re.search(r"\b77\b", row(html, "Lou Leads"))
    assert "overdue" not in row(html, "Lou Leads")


def test_supporters_of_another_region_are_not_listed(desk):
    elsewhere = make.a_user(kind="supporter", name="Elsewhere")
    make.ready_to_lead(make.with_role(elsewhere, "supporter", "ON"))
    assert "Elsewhere" not in page(desk)


def test_group_of_another_region_is_not_found(desk):
    group = make.a_group(make.a_coordinator("ON"), program_region="ON", region="ON")
    assert desk.get(PAGE, {"group": str(group.pk)}).status_code == 404


def test_page_asks_as_often_for_many_as_for_few(desk, coordinator):
    group = make.a_group(coordinator)
    add_member(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    counts = []
    a_lead("First")
    page(desk, group=str(group.pk))
    for more in (1, 8):
        for _one in range(more):
            lead, long_ago = a_lead("More"), timezone.localdate() - timedelta(days=900)
            Qualification.objects.filter(user=lead).update(completed_on=long_ago, expires_on=long_ago)
            GroupLead.objects.create(group=make.a_group(coordinator), user=lead, role="facilitator")
        with CaptureQueriesContext(connection) as queries:
            page(desk, group=str(group.pk))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_group_links_to_who_is_free_for_it(desk, coordinator):
    group = make.a_group(coordinator)
    assert f"{PAGE}?group={group.pk}" in desk.get(f"/en/desk/groups/{group.pk}/").content.decode()
