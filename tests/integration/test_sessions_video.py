"""Meetings by video: made, moved and removed with the provider in the background, whatever it answers."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from contact.lint import neutral_violations
from groups import services as groups
from groups.models import PeerGroup
from psp.errors import Forbidden, constraint_name
from psp.keys.models import DataKey
from psp.models import User
from sessions import services, services_video, video
from sessions.choices import SessionState
from sessions.graph import Graph, ProviderError
from sessions.models import GroupSession, VideoMeeting
from sessions.places import place_of
from tests.browser import Browser
from tests.factories import a_coordinator, a_formal_group, sign_in
from tests.graph import CLIENT, DROP, HANG, ORGANIZER, SECRET, TENANT

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coordinator() -> User:
    return a_coordinator("QC")


@pytest.fixture
def group(coordinator) -> PeerGroup:
    made = a_formal_group(coordinator, members=4, starts_on=date(2026, 12, 1))
    established = groups.establish(group=made, by=coordinator)
    services.schedule_series(group=established, by=coordinator)
    # One session is enough here; the others lie beyond the days.
    GroupSession.objects.filter(group=established, number__gt=1).delete()
    return established


@pytest.fixture
def session(group) -> GroupSession:
    return group.sessions.get()


def a_round(later: timedelta = timedelta(0)) -> None:
    """What beat does, some time from now."""
    with time_machine.travel(timezone.now() + later, tick=False):
        services_video.tend_all(timezone.now())


def row() -> VideoMeeting:
    return VideoMeeting.objects.get()


def fresh(session: GroupSession) -> GroupSession:
    return GroupSession.objects.select_related("group", "room").get(pk=session.pk)


# --- The client, against what the service's documentation says ---


def client_of(settings, **more) -> Graph:
    values = {"client": CLIENT, "secret": SECRET, "organizer": ORGANIZER, "seconds": 0.3} | more
    return Graph(settings.GRAPH_URL, settings.GRAPH_SIGN_IN_URL, TENANT, **values)


TIMES = {"starts_at": NOW, "ends_at": NOW + timedelta(minutes=90)}


def test_meeting_is_made_once_with_its_doors_shut(graph, settings):
    ours = client_of(settings)
    first, second = (ours.create_or_get("ours-1", subject="Rendez-vous", **TIMES) for _time in range(2))
    assert first == second
    assert graph.one["startDateTime"] == "2026-11-26T15:00:00Z"
    assert graph.one["lobbyBypassSettings"] == {"scope": "organizer", "isDialInBypassEnabled": False}
    for name in ("isEntryExitAnnounced", "recordAutomatically", "allowRecording", "allowTranscription"):
        assert graph.one[name] is False
    assert "participants" not in graph.one
    assert graph.tokens == 1


def test_token_that_ran_out_is_fetched_anew_once(graph, settings):
    ours = client_of(settings)
    ours.create_or_get("ours-1", subject="x", **TIMES)
    graph.good.clear()
    ours.create_or_get("ours-1", subject="x", **TIMES)
    assert graph.tokens == 2
    with pytest.raises(ProviderError) as refused:
        client_of(settings, secret="wrong").create_or_get("ours-1", subject="x", **TIMES)
    assert (refused.value.status, refused.value.later) == (401, True)


@pytest.mark.parametrize(
    ("step", "status", "later", "after"),
    [(500, 500, True, None), (503, 503, True, None), (400, 400, False, None), (403, 403, True, None),
     ((429, 7), 429, True, 7.0), (DROP, 0, True, None), (HANG, 0, True, None)],
)  # fmt: skip
def test_every_answer_has_its_meaning(graph, settings, step, status, later, after):
    graph.script = [step]
    with time_machine.travel(NOW, tick=True), pytest.raises(ProviderError) as refused:
        client_of(settings).create_or_get("ours-1", subject="x", **TIMES)
    assert (refused.value.status, refused.value.later, refused.value.after) == (status, later, after)
    assert SECRET not in str(refused.value) + repr(client_of(settings))


def test_provider_that_is_not_there_is_no_answer(settings):
    with pytest.raises(ProviderError) as refused:
        Graph("http://127.0.0.1:9", "http://127.0.0.1:9", TENANT, CLIENT, SECRET, ORGANIZER, 0.3).remove("x")
    assert (refused.value.status, refused.value.later) == (0, True)


def test_removing_what_is_gone_is_as_good(graph, settings):
    client_of(settings).remove("never-there")
    assert [method for method, _path in graph.asked] == ["DELETE"]


def test_pauses_grow_to_an_hour_and_are_never_shorter_than_asked_for():
    assert [video.pause_after(tries).total_seconds() for tries in (1, 2, 3, 7, 40)] == [60, 120, 240, 3600, 3600]
    assert video.pause_after(1, 600) == timedelta(minutes=10)
    assert video.pause_after(1, 10**9) == timedelta(days=1)


# --- A meeting's life ---


def test_meeting_is_made_in_the_background_and_its_link_is_the_place(graph, session):
    assert place_of(session).link == ""
    a_round()
    assert row().state == "ready"
    assert place_of(fresh(session)).link == graph.one["joinWebUrl"]
    assert graph.one["subject"] == "Rendez-vous"
    assert neutral_violations(graph.one["subject"], "fr") == []
    asked = len(graph.asked)
    a_round(timedelta(minutes=1))
    assert len(graph.asked) == asked


def test_nothing_that_leaves_names_the_group_or_anybody(graph, session, coordinator):
    a_round()
    sent = str(graph.one) + str(graph.asked)
    for secret in (session.group.name_en, session.group.name_fr, str(session.pk), str(session.group_id)):
        assert secret not in sent


def test_link_is_sealed_and_goes_with_its_key(graph, session, coordinator, django_capture_on_commit_callbacks):
    a_round()
    kept = row()
    raw = VideoMeeting.objects.values_list("join_url", "meeting").get()
    assert graph.one["joinWebUrl"].encode() not in bytes(raw[0]) + bytes(raw[1])
    assert DataKey.objects.filter(person=kept.pk).exists()
    services.cancel_session(session=session, by=coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        a_round(timedelta(minutes=1))
    assert graph.meetings == {}
    assert not VideoMeeting.objects.exists()
    assert not DataKey.objects.filter(person=kept.pk).exists()


def test_moved_session_moves_its_meeting_and_keeps_its_link(graph, session, coordinator):
    a_round()
    link = place_of(fresh(session)).link
    moved = services.move_session(session=session, by=coordinator, starts_at=session.starts_at + timedelta(days=1))
    graph.script = [503]
    a_round(timedelta(minutes=1))
    assert row().state == "waiting"
    assert place_of(fresh(session)).link == link
    a_round(timedelta(minutes=3))
    assert row().state == "ready"
    assert graph.one["startDateTime"] == f"{moved.starts_at:%Y-%m-%dT%H:%M:%SZ}"
    assert place_of(fresh(session)).link == link == graph.one["joinWebUrl"]


def test_meeting_that_somebody_removed_over_there_is_made_anew(graph, session, coordinator):
    a_round()
    old = graph.one["joinWebUrl"]
    graph.meetings.clear()
    services.move_session(session=session, by=coordinator, starts_at=session.starts_at + timedelta(days=1))
    a_round(timedelta(minutes=1))
    assert place_of(fresh(session)).link == graph.one["joinWebUrl"] != old


def test_typed_link_comes_first_and_the_made_meeting_goes(graph, session, coordinator):
    a_round()
    before = session.revision
    typed = services_video.type_link(session=session, by=coordinator, link="https://video.example.org/room")
    assert typed.revision == before + 1
    assert place_of(fresh(session)).link == "https://video.example.org/room"
    a_round(timedelta(minutes=1))
    assert graph.meetings == {}
    services_video.type_link(session=session, by=coordinator, link="")
    a_round(timedelta(minutes=2))
    assert place_of(fresh(session)).link == graph.one["joinWebUrl"]


def test_session_that_goes_on_keeps_its_meeting_and_one_that_is_over_does_not(graph, session):
    a_round()
    GroupSession.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    with time_machine.travel(session.starts_at + timedelta(minutes=80), tick=False):
        a_round()
        assert len(graph.meetings) == 1
        a_round(timedelta(hours=3))
    assert graph.meetings == {}
    assert not VideoMeeting.objects.exists()


def test_no_meeting_in_person_or_too_early_or_where_links_are_typed(graph, session, settings):
    settings.PSP_VIDEO = "none"
    a_round()
    settings.PSP_VIDEO = "teams"
    PeerGroup.objects.filter(pk=session.group_id).update(modality="in_person")
    a_round()
    PeerGroup.objects.filter(pk=session.group_id).update(modality="virtual", link="https://video.example.org/g")
    a_round()
    PeerGroup.objects.filter(pk=session.group_id).update(link="")
    with time_machine.travel(session.starts_at - timedelta(days=settings.PSP_VIDEO_DAYS, hours=1), tick=False):
        a_round()
    assert graph.asked == []
    assert not VideoMeeting.objects.exists()


# --- A provider that does not do what it is asked ---


@pytest.mark.parametrize("step", [500, DROP])
def test_faults_are_tried_again_later_and_one_meeting_comes_of_it(graph, session, step):
    graph.script = [step]
    a_round()
    assert (row().state, row().attempts) == ("waiting", 1)
    asked = len(graph.asked)
    a_round(timedelta(seconds=30))
    assert len(graph.asked) == asked
    a_round(timedelta(seconds=61))
    assert row().state == "ready"
    assert len(graph.meetings) == 1


def test_retry_after_is_kept_and_nobody_else_is_asked_for_meanwhile(graph, session, coordinator):
    GroupSession.objects.create(
        group=session.group, number=2, starts_at=session.starts_at + timedelta(days=7),
        ends_at=session.ends_at + timedelta(days=7),
    )  # fmt: skip
    graph.script = [(429, 600)]
    a_round()
    assert len(graph.asked) == 1
    first = VideoMeeting.objects.get(session=session)
    assert first.due_at == NOW + timedelta(seconds=600)
    a_round(timedelta(seconds=599))
    assert {one.state for one in VideoMeeting.objects.all()} == {"waiting", "ready"}
    a_round(timedelta(seconds=601))
    assert {one.state for one in VideoMeeting.objects.all()} == {"ready"}


def test_slow_provider_keeps_no_session_waiting(graph, settings, session, coordinator):
    settings.GRAPH_TIMEOUT = 0.3
    graph.script = [HANG]
    with time_machine.travel(NOW, tick=True):
        begun = time.monotonic()
        a_round()
        assert time.monotonic() - begun < 20  # the stand-in says nothing for thirty
    services.move_session(session=session, by=coordinator, starts_at=session.starts_at + timedelta(hours=1))
    assert (row().state, row().status) == ("waiting", 0)


def test_what_was_refused_for_good_is_shown_and_can_be_tried_again(graph, session, coordinator):
    graph.script = [400]
    a_round()
    assert row().state == "failed"
    a_round(timedelta(hours=2))
    assert len(graph.asked) == 1
    services_video.try_again(session=session, by=coordinator)
    a_round(timedelta(hours=2))
    assert row().state == "ready"


def test_claimed_work_is_not_done_twice_and_a_late_answer_changes_nothing(graph, session):
    services_video.plan(NOW)
    job = services_video._claim(row().pk, NOW)
    assert job is not None
    assert services_video._claim(row().pk, NOW + timedelta(minutes=1)) is None
    taken = services_video._claim(row().pk, NOW + timedelta(minutes=4))
    assert taken is not None
    provider = video.provider()
    services_video._settle(job, services_video._carry_out(provider, job))
    assert row().state == "waiting"
    services_video._settle(taken, services_video._carry_out(provider, taken))
    assert (row().state, len(graph.meetings)) == ("ready", 1)


def test_session_that_moved_meanwhile_is_taken_up_again(graph, session, coordinator):
    services_video.plan(NOW)
    job = services_video._claim(row().pk, NOW)
    services.move_session(session=session, by=coordinator, starts_at=session.starts_at + timedelta(days=1))
    services_video._settle(job, services_video._carry_out(video.provider(), job))
    a_round(timedelta(minutes=1))
    assert graph.one["startDateTime"] == f"{fresh(session).starts_at:%Y-%m-%dT%H:%M:%SZ}"


def test_video_ready_is_made(session):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        VideoMeeting.objects.create(session=session, state="ready", due_at=NOW)
    assert constraint_name(refused.value) == "video_ready_is_made"


def test_video_state_known(session):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        VideoMeeting.objects.create(session=session, state="odd", due_at=NOW)
    assert constraint_name(refused.value) == "video_state_known"


# --- The desk, and the members' page ---


def test_coordinator_sees_the_trouble_tries_again_or_types_a_link(graph, session, coordinator):
    graph.script = [500, 500]
    a_round()
    a_round(timedelta(minutes=2))
    browser, page = Browser(), f"/en/desk/sessions/{session.pk}/"
    sign_in(browser, coordinator)
    assert "has not made this meeting" in browser.get(page).content.decode()
    browser.post(f"{page}video/", {"act": "again"})
    assert row().attempts == 0
    wrong = browser.post(f"{page}video/", {"link": "not an address"})
    assert "Write a whole address" in wrong.content.decode()
    assert "not an address" in wrong.content.decode()
    browser.post(f"{page}video/", {"link": "https://video.example.org/room"})
    assert "https://video.example.org/room" in browser.get(page).content.decode()


def test_only_coordinators_of_the_region_touch_it(graph, session):
    stranger = a_coordinator("ON")
    for act in (services_video.try_again, lambda **more: services_video.type_link(link="https://x.example", **more)):
        with pytest.raises(Forbidden):
            act(session=session, by=stranger)


def test_member_has_the_made_link_shortly_before_the_session_and_not_earlier(graph, session):
    a_round()
    member = User.objects.get(pk=session.group.memberships.first().person_id)
    for before, shown in ((timedelta(hours=2), False), (timedelta(minutes=10), True)):
        with time_machine.travel(session.starts_at - before, tick=False):
            browser = Browser()
            sign_in(browser, member)
            html = browser.get(f"/en/my/groups/{session.group_id}/").content.decode()
        assert (graph.one["joinWebUrl"] in html) is shown
