"""Two who do something at the same moment: each waits for the other, nobody waits for ever, nothing is written over.

What is interposed runs where it would hurt most; those who wait are seen to wait by the database itself.
"""

from __future__ import annotations

import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from consent.services import withdraw
from groups import services as groups
from groups.models import Membership
from groups.services_place import set_place
from psp.crypto import keyring
from psp.errors import Conflict, DomainError
from psp.models import User
from psp.models_keys import GoingKey
from psp.tasks import clear_expired
from reporting import record
from reporting.choices import ReleaseState
from reporting.models import FrozenTable, Platform, Release, Series
from reporting.periods import Span, containing
from reporting.platforms.services import keep_figures, remove_month
from reporting.stories import services as services_story
from sessions import forms, services, services_attendance, services_cover
from sessions.models import Attendance, Cover, GroupSession
from sessions.services_attendance import people_at, record_attendance
from sessions.services_coming import say_coming
from supporters.incidents import of_person as incidents_of_person
from supporters.incidents import services_steps
from supporters.incidents.models import Incident
from supporters.incidents.services import reopen_incident
from supporters.incidents.services_steps import add_step, do_step, drop_step
from supporters.joining import services_opening
from supporters.joining.services_interest import take_back_interest, take_up
from supporters.models import CohortAttendance, Interest, LearningGoal, Qualification
from supporters.supervision.services import pair
from supporters.supervision.services_talks import ask_talk, take_back
from supporters.training import forms_attendance, services_certificates, services_cohorts, services_learning
from supporters.training import services as services_training
from supporters.training.services_cohorts import enrol, leave_cohort, record_cohort_attendance
from supporters.wellbeing.services_pause import come_back, pause_role
from tests import factories as make
from tests.browser import Browser
from tests.incidents import a_lead, a_taken_incident
from tests.joining import an_interest, somebody_joining
from tests.platforms import a_row, months_ago
from tests.released import a_release
from tests.stories import LINES, a_story
from tests.training import a_cohort, a_completion, a_course, a_learner, a_supervisor, was_at

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
# Whether somebody waits for this very connection.
WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"


def elsewhere(pool: ThreadPoolExecutor, act, *arguments, **named) -> Future:
    """With a connection of its own."""

    def work():
        try:
            return act(*arguments, **named)
        finally:
            connections.close_all()

    return pool.submit(work)


def until_it_waits(other: Future) -> None:
    for _try in range(400):
        with connection.cursor() as cursor:
            cursor.execute(WAITS)
            if cursor.fetchone()[0]:
                return
        assert not other.done(), f"it did not have to wait: {other.exception() or other.result()}"
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def while_uncommitted(act, waits, *arguments, **named):
    """What `waits` comes to, which begins before `act` is committed and has to wait for it."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            act()
            other = elsewhere(pool, waits, *arguments, **named)
            until_it_waits(other)
        return other.result(30)


def once_before(monkeypatch, where, name, act) -> None:
    """`act` runs right before `where.name` runs for the first time."""
    original = getattr(where, name)
    done: list[bool] = []

    def step(*arguments, **named):
        if not done:
            done.append(True)
            act()
        return original(*arguments, **named)

    monkeypatch.setattr(where, name, step)


# --- Nobody waits for somebody who waits for them ----------------------------------------------------------------


class Evening:
    """An hour before the first session of a group that asks who comes."""

    def __init__(self) -> None:
        self.by = make.a_coordinator("QC")
        group = make.a_formal_group(self.by, members=4, leads=1, starts_on=date(2026, 12, 1))
        groups.establish(group=group, by=self.by)
        set_place(group=group, by=self.by, link="", address="", asks_who_comes=True)
        self.session, *_others = services.schedule_series(group=group, by=self.by)
        self.lead = User.objects.get(pk=group.leads.get().user_id)
        self.member = Membership.objects.active().filter(group=group).select_related("participant__user").first()

    @property
    def person(self) -> User:
        return self.member.participant.user


MEANWHILE = {
    "the person leaves the group": lambda here: groups.leave_group(membership=here.member, by=here.person),
    "the person says that they come": lambda here: say_coming(
        session=here.session, participant=here.member.participant, comes=True, by=here.person
    ),
    "the person takes the consent back": lambda here: withdraw(person=here.person, purpose="taking_part"),
    "whoever leads pauses the role": lambda here: pause_role(user=here.lead, by=here.lead),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", MEANWHILE)
def test_noting_who_was_there_goes_through_and_so_does_what_people_do_meanwhile(monkeypatch, what):
    with time_machine.travel(NOW, tick=False) as clock, ThreadPoolExecutor(1) as pool:
        here = Evening()
        clock.move_to(here.session.starts_at - timedelta(hours=1))
        others: list[Future] = []

        def begins() -> None:
            others.append(elsewhere(pool, MEANWHILE[what], here))
            until_it_waits(others[0])

        once_before(monkeypatch, services_attendance, "record_one", begins)
        there = {here.member.participant_id: "present"}
        record_attendance(session=here.session, by=here.lead, statuses=there)
        others[0].result(30)
        # What has begun to be noted stays noted; whoever withdrew is in no group, whoever paused has a task for others.
        assert Attendance.objects.filter(session=here.session).count() == 1
        if what == "whoever leads pauses the role":
            to_come = GroupSession.objects.filter(group=here.session.group_id, starts_at__gt=here.session.ends_at)
            assert Cover.objects.filter(lead=here.lead, session__in=to_come).count() == to_come.count() > 0


@pytest.mark.django_db(transaction=True)
def test_two_who_leave_a_cohort_at_once_where_one_would_get_the_place_of_the_other(monkeypatch):
    supervisor, (one, other) = a_supervisor(), (a_learner(), a_learner())
    cohort = a_cohort(supervisor, places=1)
    seat, waits = (enrol(cohort=cohort, person=person, by=person) for person in (one, other))
    with ThreadPoolExecutor(1) as pool:
        others: list[Future] = []

        def leaves_too() -> None:
            others.append(elsewhere(pool, leave_cohort, enrolment=waits.pk, by=other))
            until_it_waits(others[0])

        once_before(monkeypatch, services_cohorts, "tell_place", leaves_too)
        leave_cohort(enrolment=seat, by=one)
        others[0].result(30)
    assert set(cohort.enrolments.values_list("state", flat=True)) == {"left"}


# --- What a page shows is no older than the mark that it bears ---------------------------------------------------


def test_attendance_that_a_colleague_saves_while_the_page_is_read_is_on_it(monkeypatch):
    with time_machine.travel(NOW, tick=False) as clock:
        here = Evening()
        clock.move_to(here.session.starts_at)
        person = here.member.participant_id
        once_before(
            monkeypatch, forms, "attendance_mark",
            lambda: record_attendance(session=here.session, by=here.by, statuses={person: "absent"}),
        )  # fmt: skip
        page = forms.AttendanceForm(session=here.session, people=people_at(here.session), tz="America/Toronto")
        assert page.fields[f"m-{here.member.pk}"].initial == "absent"


def test_presence_in_a_cohort_that_a_colleague_saves_while_the_page_is_read_is_on_it(monkeypatch):
    supervisor, learner = a_supervisor(), a_learner()
    cohort = a_cohort(supervisor)
    seat, session = enrol(cohort=cohort, person=learner, by=learner), cohort.sessions.first()
    once_before(
        monkeypatch, forms_attendance, "presence_mark",
        lambda: record_cohort_attendance(session=session, statuses={learner.pk: "present"}, by=supervisor),
    )  # fmt: skip
    page = forms_attendance.PresenceForm(session=session, people=[seat], elsewhere=True)
    assert page.fields[f"p-{seat.pk}"].initial == "present"
    assert CohortAttendance.objects.count() == 1


# --- Asked, then done: and what was asked about changes in between -----------------------------------------------


def test_number_that_is_taken_back_before_its_month_is_frozen_is_not_frozen_as_none(monkeypatch):
    me, platform = make.an_analyst(), Platform.objects.get(code="togetherall")
    keep_figures(platform=platform, rows=[a_row(57, months=3)], by=me)
    series, month = Series.objects.get(code="registrations", number=1), containing(months_ago(3), Span.MONTH)
    once_before(
        monkeypatch, record.freezing, "queue_pages",
        lambda: remove_month(platform=platform, month=months_ago(3), by=me),
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        record.tables(series, month)
    assert refused.value.code == "not_entered"
    assert not FrozenTable.objects.filter(code="registrations").exists()
    # Typed anew it is counted, and at night no other series suffers from it.
    keep_figures(platform=platform, rows=[a_row(58, months=3)], by=me)
    assert record.freeze_closed(series, [month]) == (1, 0)


def test_course_that_a_cohort_completes_meanwhile_is_not_taken_back_as_one_from_elsewhere(monkeypatch):
    supervisor, learner = a_supervisor(), a_learner()
    cohort = a_cohort(supervisor)
    seat = enrol(cohort=cohort, person=learner, by=learner)
    was_at(cohort, learner, 10, supervisor)
    day = services_cohorts._day(cohort, learner)
    noted = services_training.note_qualification(user=learner, course=cohort.course, completed_on=day, by=supervisor)
    once_before(
        monkeypatch, services_training, "locked_learner",
        lambda: services_cohorts.complete(enrolment=seat, by=supervisor),
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        services_training.take_back_qualification(qualification=noted, by=supervisor)
    assert refused.value.code == "completed_here"
    assert Qualification.objects.filter(pk=noted.pk).exists()


def test_certificate_of_what_is_taken_back_meanwhile_is_refused_with_a_sentence(monkeypatch):
    supervisor, learner = a_supervisor(), a_learner()
    known = a_completion(learner, supervisor)
    once_before(
        monkeypatch, services_certificates, "locked_learner", lambda: Qualification.objects.filter(pk=known.pk).delete()
    )
    with pytest.raises(Conflict):
        services_certificates.make_certificate(qualification=known, by=learner)


@pytest.mark.django_db(transaction=True)
def test_line_of_the_plan_that_is_done_and_taken_off_at_once_ends_without_a_fault(monkeypatch):
    learner = a_learner()
    goal = services_learning.add_goal(by=learner, course=a_course())
    with ThreadPoolExecutor(1) as pool:
        others: list[Future] = []

        def taken_off() -> None:
            others.append(elsewhere(pool, services_learning.close_goal, goal=goal.pk, by=learner, done=False))
            until_it_waits(others[0])

        once_before(monkeypatch, services_learning, "require", taken_off)
        services_learning.close_goal(goal=goal, by=learner, done=True)
        others[0].result(30)
    assert not LearningGoal.objects.exists()


def test_step_that_is_taken_off_the_list_while_it_is_done_says_so(monkeypatch):
    supervisor = a_supervisor()
    incident = a_taken_incident(a_lead(supervisor=supervisor), supervisor)
    day = timezone.localdate() + timedelta(days=3)
    step = add_step(incident=incident, by=supervisor, owner=supervisor, due_on=day, words="call")
    once_before(monkeypatch, services_steps, "_held", lambda: drop_step(step=step.pk, by=supervisor))
    with pytest.raises(Conflict):
        do_step(step=step, by=supervisor)


# --- What goes over everything, and what somebody does to one of it ----------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_round_for_stand_ins_takes_nothing_away_from_somebody_who_comes_back_at_that_moment():
    with time_machine.travel(NOW, tick=False):
        here = Evening()
        pause_role(user=here.lead, by=here.lead)
        assert Cover.objects.open().filter(lead=here.lead).exists()
        while_uncommitted(lambda: come_back(user=here.lead, by=here.lead), services_cover.mind, timezone.now())
        assert not Cover.objects.standing().filter(lead=here.lead).exists()


@pytest.mark.django_db(transaction=True)
def test_noted_interest_that_is_taken_up_in_its_last_night_goes_on():
    supervisor = a_supervisor()
    interest = an_interest(supervisor)
    later = timezone.now() + services_opening.KEEP_NOTED + timedelta(days=1)
    assert (
        while_uncommitted(lambda: take_up(interest=interest, by=supervisor), services_opening.forget_noted, later) == 0
    )
    assert Interest.objects.get().taken_up_at is not None


@pytest.mark.django_db(transaction=True)
def test_old_report_that_is_opened_again_in_its_last_night_stays(settings):
    supervisor = a_supervisor()
    incident = a_taken_incident(a_lead(supervisor=supervisor), supervisor)
    Incident.objects.filter(pk=incident.pk).update(state="closed", closed_at=timezone.now(), closed_by=supervisor)
    later = timezone.now() + timedelta(days=settings.PSP_INCIDENT_DAYS + 1)
    again = partial(reopen_incident, incident=incident, by=supervisor)
    assert while_uncommitted(again, incidents_of_person.forget, later) == 0
    assert Incident.objects.get().closed_at is None


def test_key_goes_with_the_next_sweep_where_the_process_dies_after_the_row_went(django_capture_on_commit_callbacks):
    supervisor = a_supervisor()
    interest = an_interest(supervisor)
    with django_capture_on_commit_callbacks():  # none of them runs: whoever would have run them is dead
        take_back_interest(interest=interest, by=supervisor)
    keyring.clear()
    assert keyring.key_of(interest.pk) is not None
    clear_expired()
    keyring.clear()
    assert keyring.key_of(interest.pk) is None
    assert not GoingKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_supervisors_who_take_somebody_on_at_once_the_second_reads_that_somebody_is_there():
    one, other, joining = a_supervisor(), a_supervisor(), somebody_joining()
    browser = Browser()
    make.sign_in(browser, other)
    answer = while_uncommitted(
        lambda: pair(joining.user, one, one), browser.post, f"/en/care/people/{joining.pk}/take-on/", {}, follow=True
    )
    assert answer.status_code == 200
    assert "has a supervisor already" in answer.content.decode()


def test_talk_that_is_not_needed_any_more_leads_the_supervisor_back_with_a_sentence():
    supervisor, supporter = a_supervisor(), make.a_newcomer()
    pair(supporter, supervisor, supervisor)
    talk = ask_talk(by=supporter, asked=supervisor, when="today")
    take_back(talk=talk, by=supporter)
    browser = Browser()
    make.sign_in(browser, supervisor)
    answer = browser.post(reverse("care:talk_take", args=[talk.pk]), {}, follow=True)
    assert "This is not open any more" in answer.content.decode()
    stranger = Browser()
    make.sign_in(stranger, a_supervisor())
    assert stranger.post(reverse("care:talk_take", args=[talk.pk]), {}).status_code == 404


# --- Two people and one report -----------------------------------------------------------------------------------


def test_report_that_was_prepared_again_is_looked_at_before_it_is_published():
    release = a_release(state="prepared", period="2025")
    officer = Browser()
    make.sign_in(officer, make.a_privacy_officer())
    page = officer.get(f"/en/reports/releases/{release.pk}/").content.decode()
    publish = re.search(r'href="([^"]+/approve/[^"]*)"', page)[1]
    Release.objects.filter(pk=release.pk).update(digest="f" * 64)  # somebody prepared it again
    seen = officer.get(publish, follow=True)
    assert "was prepared again since you opened the page" in seen.content.decode()
    assert seen.redirect_chain[-1][0].endswith(f"/releases/{release.pk}/")
    release.refresh_from_db()
    assert release.state == ReleaseState.PREPARED


@pytest.mark.django_db(transaction=True)
def test_story_that_is_taken_back_while_a_coordinator_proposes_words_is_shown_no_more():
    by = make.a_coordinator("QC")
    person = make.an_accepted_participant("QC", by=by, language="en")
    story = a_story(person)
    browser = Browser()
    make.sign_in(browser, by)
    said = {"wording": "It was good.", "read": services_story.seen(story.text)}
    answer = while_uncommitted(
        lambda: services_story.take_back(by=person.user), browser.post, f"/en/desk/words/{story.pk}/", said, follow=True
    )
    assert answer.status_code == 200
    assert "This is not open any more" in answer.content.decode()
    assert LINES not in answer.content.decode()
