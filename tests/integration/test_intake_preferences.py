"""Preferences: the service, who may change them, and what the database itself refuses."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.db import IntegrityError, connection, transaction

from intake.choices import ApplicationState, Composition
from intake.models import Participant, Preferences
from intake.services_preferences import _keep_zone, preferences_of, set_preferences
from intake.week import from_codes, is_week
from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden, constraint_name
from tests import factories
from tests.forms import GOOD, fill

pytestmark = pytest.mark.django_db

WISHES = {
    "languages": ["fr"], "compositions": ["women"], "availability": from_codes(["0-evening", "2-evening"]),
    "accessibility": "Captions, please",
}  # fmt: skip


def test_a_person_says_what_they_would_like_and_changes_it():
    participant = factories.a_participant()
    assert preferences_of(participant)._state.adding
    set_preferences(participant=participant, by=participant.user, **WISHES)
    set_preferences(participant=participant, by=participant.user, **WISHES | {"languages": ["fr", "en"]})
    kept = Preferences.objects.get(participant=participant)
    assert kept.languages == ["en", "fr"]
    assert kept.availability == [[1080, 1260], [3960, 4140]]
    assert kept.accessibility == "Captions, please"
    before = kept.history.order_by("history_id").first()
    assert (before.languages, before.accessibility) == (["fr"], "Captions, please")
    assert Entry.objects.filter(model="intake.preferences", action="change", person=participant.user_id).count() == 2


def test_accessibility_is_sealed_in_the_table_and_in_its_history():
    participant = factories.a_participant()
    set_preferences(participant=participant, by=participant.user, **WISHES | {"accessibility": "Zanzibar"})
    for table in ("intake_preferences", "intake_historicalpreferences"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT accessibility FROM {table}")
            assert b"Zanzibar" not in bytes(cursor.fetchone()[0])


def test_a_coordinator_of_the_region_may_and_another_may_not():
    participant = factories.a_participant("QC")
    set_preferences(participant=participant, by=factories.a_coordinator("QC"), **WISHES)
    for stranger in (factories.a_coordinator("PAC"), factories.a_participant("QC").user, factories.an_analyst()):
        with pytest.raises(Forbidden):
            set_preferences(participant=participant, by=stranger, **WISHES)
        assert not Preferences.objects.visible_to(stranger).exists()
    assert Preferences.objects.visible_to(participant.user).exists()
    assert Preferences.objects.visible_to(factories.a_coordinator("QC")).exists()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("languages", ["de"], "unknown_choice"),
        ("compositions", ["everybody"], "unknown_choice"),
        ("availability", [(0, 45)], "bad_week"),
        ("availability", [(60, 30)], "bad_week"),
        ("availability", [(0, 10_110)], "bad_week"),
        ("accessibility", "a" * 301, "too_long"),
        ("modalities", [], "no_modality"),
        ("modalities", ["by_post"], "unknown_choice"),
        ("services", [], "no_service"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(field, value, code):
    participant = factories.a_participant()
    with pytest.raises(DomainError) as refusal:
        set_preferences(participant=participant, by=participant.user, **WISHES | {field: value})
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not Preferences.objects.exists()


def test_any_group_and_a_particular_one_is_understood_the_careful_way():
    participant = factories.a_participant()
    made = set_preferences(participant=participant, by=participant.user, **WISHES | {"compositions": ["any", "women"]})
    assert made.compositions == [Composition.WOMEN]


def test_times_that_touch_are_kept_as_one():
    participant = factories.a_participant()
    loose = [(720, 840), (540, 720), (600, 660)]
    made = set_preferences(participant=participant, by=participant.user, **WISHES | {"availability": loose})
    assert made.availability == [[540, 840]]


def test_a_wish_taken_back_leaves_the_waiting_list_and_the_decision_stays_in_the_history():
    participant = factories.an_accepted_participant("QC", services=("formal", "informal"))
    set_preferences(participant=participant, by=participant.user, services=["informal", "activity"], **WISHES)
    application = participant.applications.get()
    assert application.state == ApplicationState.ACCEPTED
    assert application.services == ["informal", "activity"]
    assert application.accepted_for == ["informal"]
    assert application.history.earliest().accepted_for == ["formal", "informal"]
    assert not Participant.objects.waiting_for("formal").exists()
    assert not Participant.objects.waiting_for("activity").exists()


def test_nobody_wishes_themselves_out_of_every_service_that_they_were_accepted_for():
    participant = factories.an_accepted_participant("QC", services=("formal",))
    with pytest.raises(DomainError, match="none_accepted") as refused:
        set_preferences(participant=participant, by=participant.user, services=["activity"], **WISHES)
    assert refused.value.field == "services"
    assert participant.applications.get().accepted_for == ["formal"]


def refused_by(**values) -> str:
    participant = factories.a_participant()
    fields = {"languages": [], "compositions": [], "availability": []} | values
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Preferences.objects.create(participant=participant, person=participant.user, **fields)
    return constraint_name(refusal.value)


@pytest.mark.parametrize(
    "week",
    [
        {}, "x", 5, None, [5], [[0]], [[0, 30, 60]], [["0", "30"]], [[0, 45]], [[0.5, 30]], [[-30, 30]], [[30, 30]],
        [[60, 30]], [[0, 10_110]], [[0, 30], [30, 60]], [[60, 90], [0, 30]], [[None, 30]], [[[0], 30]],
    ],
)  # fmt: skip
def test_the_database_refuses_what_is_no_week(week):
    assert not is_week(week)
    assert refused_by(availability=week) in ("preferences_week_well_formed", "")


def test_the_database_refuses_unknown_codes():
    assert refused_by(languages=["de"]) == "preferences_languages_known"
    assert refused_by(compositions=["everybody"]) == "preferences_compositions_known"


def test_the_database_takes_a_whole_week():
    participant = factories.a_participant()
    week = [[0, 30], [60, 10_080]]
    Preferences.objects.create(participant=participant, person=participant.user, availability=week)
    assert json.loads(json.dumps(Preferences.objects.get().availability)) == week


# --- the person's own page, the coordinator's file, and the form ---

CHANGE = {
    "modalities": ["virtual", "in_person"], "languages": ["en"], "compositions": ["any"], "accessibility": "Captions",
    "availability": ["4-evening", "5-morning"], "time_zone": "",
}  # fmt: skip


def page_of(response) -> str:
    return unescape(response.content.decode())


def test_person_reads_and_changes_their_wishes(client):
    participant = factories.an_accepted_participant("QC", services=("formal", "informal"), language="en")
    factories.sign_in(client, participant.user)
    assert "Not said yet" in page_of(client.get("/en/my/preferences/"))
    sent = CHANGE | {"services": ["informal"], "time_zone": "America/Halifax"}
    response = client.post("/en/my/preferences/change/", sent)
    assert response["Location"] == "/en/my/preferences/"
    page = page_of(client.get("/en/my/preferences/"))
    for words in ("Friday, 6:00 p.m. to 9:00 p.m.", "Good times (Atlantic time)", "Captions", "In person"):
        assert words in page
    form = page_of(client.get("/en/my/preferences/change/"))
    assert 'value="4-evening" data-group="Friday" checked' in " ".join(form.split())
    assert participant.applications.get().accepted_for == ["informal"]
    assert Entry.objects.filter(action="read", model="intake.participant", person=participant.user_id).exists()


def ticked_boxes(page: str) -> list[str]:
    """What the form would send for the week, if nothing in it were changed."""
    boxes = re.findall(r'<input type="checkbox"[^>]*name="availability"[^>]*>', page)
    return [re.findall(r'value="([^"]*)"', box)[0] for box in boxes if "checked" in box]


@pytest.mark.parametrize("week", [[[0, 360]], [[570, 660]], [[0, 30], [9 * 60, 21 * 60 + 30]], [[10_050, 10_080]]])
def test_times_beside_the_boxes_survive_a_change_of_something_else(client, week):
    participant = factories.a_participant("QC", language="en")
    set_preferences(participant=participant, by=participant.user, **WISHES | {"availability": week})
    factories.sign_in(client, participant.user)
    page = page_of(client.get("/en/my/preferences/change/"))
    answer = client.post("/en/my/preferences/change/", CHANGE | {"availability": ticked_boxes(page)})
    assert answer.status_code == 302
    assert Preferences.objects.get().availability == week


def test_time_beside_the_boxes_is_shown_in_words_and_may_be_given_up(client):
    participant = factories.a_participant("QC", language="fr")
    set_preferences(participant=participant, by=participant.user, **WISHES | {"availability": [[570, 660]]})
    factories.sign_in(client, participant.user)
    page = page_of(client.get("/fr/my/preferences/change/"))
    assert "Lundi, de 9\u00a0h\u00a030 à 11\u00a0h" in page
    assert client.post("/fr/my/preferences/change/", CHANGE | {"availability": []}).status_code == 302
    assert Preferences.objects.get().availability == []


def test_early_and_late_hours_unfold_by_themselves_only_where_one_is_ticked(client):
    assert '<details class="week-more">' in page_of(client.get("/en/intake/"))
    assert fill(client, availability=["0-night", "6-late", "2-early"]).status_code == 302
    kept = Preferences.objects.get()
    assert kept.availability == [[0, 360], [3240, 3420], [9900, 10_080]]
    factories.sign_in(client, kept.participant.user)
    page = page_of(client.get("/en/my/preferences/change/"))
    assert '<details class="week-more" open>' in page
    assert ticked_boxes(page) == ["0-night", "2-early", "6-late"]


def test_change_without_an_application_that_stands_asks_for_no_service(client):
    participant = factories.a_participant("QC", language="en")
    factories.sign_in(client, participant.user)
    assert 'name="services"' not in page_of(client.get("/en/my/preferences/change/"))
    assert client.post("/en/my/preferences/change/", CHANGE).status_code == 302


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"availability": ["9-evening"]}, "Choose boxes of the grid."),
        ({"availability": ["\x00"]}, "Choose boxes of the grid."),
        ({"languages": []}, "Choose at least one language."),
        ({"compositions": ["\x00"]}, "Choose an answer."),
        ({"time_zone": "Mars/Olympus"}, "Choose a time from the list."),
        ({"accessibility": "a" * 301}, "Please use at most 300 characters here."),
    ],
)
def test_bad_input_says_how_to_mend_it_and_keeps_what_was_typed(client, changes, message):
    participant = factories.a_participant("QC", language="en")
    factories.sign_in(client, participant.user)
    page = page_of(client.post("/en/my/preferences/change/", CHANGE | changes))
    assert message in page
    assert "5-morning" in page
    if "accessibility" not in changes:
        assert 'value="Captions"' in page
    assert not Preferences.objects.exists()


def test_coordinator_reads_the_wishes_in_the_file(client):
    participant = factories.an_accepted_participant("QC", language="en")
    set_preferences(participant=participant, by=participant.user, **WISHES)
    factories.sign_in(client, factories.a_coordinator("QC"))
    page = page_of(client.get(f"/en/desk/people/{participant.pk}/"))
    assert "Captions, please" in page
    assert "Wednesday, 6:00 p.m. to 9:00 p.m." in page
    assert "Good times (Eastern time)" in page


def test_application_keeps_the_wishes_and_the_time_zone(client):
    fill(client, region="BC", time_zone="America/Edmonton", compositions=["any", "women"], accessibility="Captions")
    wishes = Preferences.objects.get()
    assert (wishes.languages, wishes.compositions, wishes.accessibility) == (["fr"], ["women"], "Captions")
    assert wishes.availability == [[1080, 1260], [3960, 4140]]
    assert wishes.participant.user.time_zone == "America/Edmonton"
    assert wishes.history.count() == 1


def test_application_without_times_is_welcome(client):
    assert fill(client, availability=None).status_code == 302
    assert Preferences.objects.get().availability == []


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"languages": None}, "languages", "Choose at least one language."),
        ({"languages": ["de"]}, "languages", "Choose an answer."),
        ({"compositions": None}, "compositions", "Choose at least one. Any group is an answer too."),
        ({"availability": ["0-noon"]}, "availability", "Choose boxes of the grid."),
        ({"time_zone": "x" * 5000}, "time_zone", "Choose a time from the list."),
        ({"accessibility": "é" * 301}, "accessibility", "Please use at most 300 characters here."),
    ],
)
def test_application_says_what_is_wrong_with_a_wish(client, changes, field, message):
    page = page_of(fill(client, **changes))
    question = page.split(f'data-question="{field}"')[1].split("data-question=")[0]
    assert message in question
    assert f'value="{GOOD["name"]}"' in page
    assert not Participant.objects.exists()


def test_known_address_costs_the_same_rows_and_leaves_none(client):
    fill(client)
    assert Preferences.objects.count() == 1
    fill(client, accessibility="Somebody else wrote this")
    assert Preferences.objects.count() == 1
    assert Preferences.history.count() == 1


def test_one_criterion_that_is_not_met_is_said_before_the_others_are_answered(client):
    page = page_of(client.post("/en/intake/check/", {"adult": "no"}))
    assert "The program is for people who are 18 or older." in page
    assert "Answer yes or no" not in page
    assert client.post("/en/intake/check/", {"adult": "yes"}).status_code == 204


def test_another_clock_opens_no_account_that_was_closed_meanwhile():
    """Only the clock is written: what an administrator changed about the account a moment ago stays."""
    from psp.models import User

    participant = factories.a_participant()
    stale = User.objects.get(pk=participant.user_id)
    User.objects.filter(pk=stale.pk).update(is_active=False)
    _keep_zone(stale, "America/Halifax")
    fresh = User.objects.get(pk=stale.pk)
    assert (fresh.time_zone, fresh.is_active) == ("America/Halifax", False)
