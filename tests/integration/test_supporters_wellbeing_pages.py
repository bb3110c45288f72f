"""Pages about how somebody is and about pausing, and that nobody else ever gets a word of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from groups import services as groups
from psp.audit.models import Entry
from psp.choices import Role
from psp.models import User
from sessions import services
from sessions.models import Cover
from supporters.models import CheckIn, CheckInShare, Pause
from supporters.wellbeing.services_checkin import share
from supporters.wellbeing.services_pause import pause_role
from tests import factories as make
from tests.browser import Browser
from tests.wellbeing import a_check_in

pytestmark = pytest.mark.django_db
CANARY = "Canari mot"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


def browser_of(user: User) -> Browser:
    client = Browser()
    make.sign_in(client, user)
    return client


def a_supervisor(**fields) -> User:
    return make.with_role(make.a_user(**fields), Role.SUPERVISOR)


@pytest.mark.parametrize(
    ("language", "title", "help_title"),
    [("en", "How I am", "Somebody to talk to now"), ("fr", "Comment je vais", "Quelqu’un à qui parler maintenant")],
)
def test_a_hard_answer_brings_help_at_once_and_asks_without_pressing(language, title, help_title):
    me = browser_of(lead := make.a_facilitator())
    assert title in me.get(f"/{language}/lead/how-i-am/").content.decode()
    a_supervisor(name="Robin")
    answer = me.post(f"/{language}/lead/how-i-am/", {"colour": "hard", "word": CANARY, "answer_rest": "no"})
    row = CheckIn.objects.get(user=lead)
    assert answer["Location"].endswith(f"/lead/how-i-am/{row.pk}/")
    page = me.get(answer["Location"]).content.decode()
    assert help_title in page
    assert page.index("help-lines") < page.index("Robin")
    assert page.index("help-lines") < page.index(f'href="/{language}/lead/supervision/talk/"') < page.index("Robin")
    assert f'href="/{language}/lead/pause/"' in page
    assert not CheckInShare.objects.exists(), "nothing is shown by itself"


def test_a_good_answer_is_kept_and_nothing_more_is_said_about_it():
    me = browser_of(make.a_facilitator())
    answer = me.post("/en/lead/how-i-am/", {"colour": "good"}, follow=True)
    assert "help-lines" not in answer.content.decode()
    assert "supervision/talk/" not in answer.content.decode()
    assert me.post("/en/lead/how-i-am/", {"colour": "purple"}).status_code == 200
    assert me.post("/en/lead/how-i-am/", {})["Location"].endswith("/lead/how-i-am/")


def test_it_is_shown_taken_back_and_destroyed_on_the_page():
    me, mine = browser_of(lead := make.a_facilitator(name="Camille")), a_supervisor()
    row, reads = a_check_in(lead), browser_of(mine)
    assert CANARY not in reads.get("/en/care/check-ins/").content.decode()
    me.post(f"/en/lead/how-i-am/{row.pk}/share/", {"supervisor": str(mine.pk)})
    page = reads.get("/en/care/check-ins/").content.decode()
    assert CANARY in page
    assert "Camille" in page
    assert "1 word on how somebody is" in reads.get("/en/care/").content.decode()
    me.post(f"/en/lead/how-i-am/{row.pk}/back/{mine.pk}/")
    assert CANARY not in reads.get("/en/care/check-ins/").content.decode()
    assert me.post(f"/en/lead/how-i-am/{row.pk}/share/", {}).status_code == 200
    me.post(f"/en/lead/how-i-am/{row.pk}/remove/")
    assert not CheckIn.objects.exists()


def test_the_card_can_be_put_away_and_told_not_to_come_back():
    me = browser_of(lead := make.a_facilitator())
    assert "how-are-you" in me.get("/en/lead/").content.decode()
    me.post("/en/lead/how-i-am/away/")
    assert "how-are-you" not in me.get("/en/lead/").content.decode()
    me.post("/en/lead/how-i-am/wishes/", {"counted": "on"})
    with time_machine.travel(datetime(2027, 3, 1, 15, tzinfo=UTC), tick=False):
        make.sign_in(me, lead)
        assert "how-are-you" not in me.get("/en/lead/").content.decode()


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        (make.a_coordinator, ("desk/", "desk/groups/", "desk/covers/", "desk/after-sessions/")),
        (make.an_analyst, ("reports/", "reports/by-month/")),
        (make.a_privacy_officer, ("privacy/", "privacy/log/")),
        (a_supervisor, ("care/", "care/check-ins/")),
    ],
)  # fmt: skip
def test_a_check_in_is_on_nobody_elses_page(who, pages):
    lead = make.a_facilitator(name="Camille")
    share(check_in=a_check_in(lead), with_whom=a_supervisor(), by=lead)
    pause_role(user=lead, by=lead)
    other = browser_of(who())
    for page in pages:
        answer = other.get(f"/en/{page}")
        assert answer.status_code == 200
        assert CANARY not in answer.content.decode(), page


def test_administration_knows_no_check_in_and_no_pause():
    from django.contrib import admin

    assert not {CheckIn, CheckInShare, Pause, Cover} & set(admin.site._registry)


# --- Pause and who leads instead ------------------------------------------------------------------


@pytest.fixture
def coordinator() -> User:
    return make.a_coordinator("QC")


@pytest.fixture
def group(coordinator):
    made = groups.establish(
        group=make.a_formal_group(coordinator, members=4, starts_on=date(2026, 12, 1)), by=coordinator
    )
    services.schedule_series(group=made, by=coordinator)
    return made


def lead_of(group) -> User:
    return User.objects.get(pk=group.leads.get().user_id)


@pytest.mark.parametrize(
    ("language", "ahead", "paused"),
    [("en", "the 10 sessions that you were to lead", "Your role is paused"),
     ("fr", "les 10 séances que vous deviez animer", "Votre rôle est en pause")],
)  # fmt: skip
def test_the_page_says_exactly_what_happens_and_pausing_is_one_tap(group, language, ahead, paused):
    me = browser_of(lead := lead_of(group))
    assert ahead in me.get(f"/{language}/lead/pause/").content.decode()
    assert paused in me.post(f"/{language}/lead/pause/", {}, follow=True).content.decode()
    me.post(f"/{language}/lead/pause/", {})
    assert Pause.objects.filter(user=lead).count() == 1
    assert paused in me.get(f"/{language}/lead/").content.decode()
    me.post(f"/{language}/lead/pause/end/", {})
    assert paused not in me.get(f"/{language}/lead/").content.decode()


def test_a_day_that_passed_is_said_at_the_field_and_nothing_is_paused(group):
    me = browser_of(lead_of(group))
    answer = me.post("/en/lead/pause/", {"back_on": "2026-01-01"})
    assert "This day has passed already" in answer.content.decode()
    assert not Pause.objects.exists()


@pytest.mark.parametrize("how", ["pause", "one"])
def test_the_coordinator_sees_the_same_task_whatever_is_behind_it(group, coordinator, how):
    lead, desk = lead_of(group), browser_of(coordinator)
    first = group.sessions.order_by("number").first()
    me = browser_of(lead)
    if how == "pause":
        me.post("/en/lead/pause/", {})
    else:
        me.post(f"/en/lead/sessions/{first.pk}/cannot/")
    cover = Cover.objects.get(session=first)
    assert "need" in desk.get("/en/desk/").content.decode()
    pages = [desk.get(url).content.decode() for url in ("/en/desk/covers/", f"/en/desk/covers/{cover.pk}/")]
    for page in pages:
        assert "cannot lead" in page
        # Without the keys of forms, in which any few letters may stand side by side.
        told = re.sub(r'value="\w{40,}"', "", page).casefold().split("<main", 1)[1]
        for word in ("paus", "leave ", "on leave", "sick", "back on"):
            assert word not in told
    other = make.a_facilitator(name="Robin")
    assert "Robin" in desk.get(f"/en/desk/covers/{cover.pk}/").content.decode()
    assert Entry.objects.filter(action="read", actor=coordinator.pk, person=other.pk).count() == 1
    assert desk.post(f"/en/desk/covers/{cover.pk}/", {"user": str(lead.pk)}).status_code == 409
    desk.post(f"/en/desk/covers/{cover.pk}/", {"user": str(other.pk)})
    assert "Robin" in desk.get("/en/desk/covers/").content.decode()
    page = browser_of(other).get(f"/en/lead/sessions/{first.pk}/").content.decode()
    assert "I cannot lead this one" in page
    assert f"/en/lead/groups/{group.pk}/" not in page
    assert browser_of(other).get(f"/en/lead/groups/{group.pk}/").status_code == 404
    desk.post(f"/en/desk/covers/{cover.pk}/reopen/")
    assert browser_of(other).get(f"/en/lead/sessions/{first.pk}/").status_code == 404


def test_the_one_session_is_taken_back_on_its_page(group):
    me = browser_of(lead_of(group))
    first = group.sessions.order_by("number").first()
    me.post(f"/en/lead/sessions/{first.pk}/cannot/")
    assert "I can lead it after all" in me.get(f"/en/lead/sessions/{first.pk}/").content.decode()
    assert "Somebody else leads these" in me.get("/en/lead/").content.decode()
    me.post(f"/en/lead/sessions/{first.pk}/after-all/")
    assert "I cannot lead this one" in me.get(f"/en/lead/sessions/{first.pk}/").content.decode()


def test_a_minute_is_offered_after_a_session_until_it_is_used_or_put_away(group):
    lead = lead_of(group)
    first = group.sessions.order_by("number").first()
    with time_machine.travel(first.ends_at, tick=False):
        me = browser_of(lead)
        assert "A minute for you" in me.get("/en/lead/").content.decode()
        me.post(f"/en/lead/sessions/{first.pk}/debrief/away/")
        assert "A minute for you" not in me.get("/en/lead/").content.decode()
