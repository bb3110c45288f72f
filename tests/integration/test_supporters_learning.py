"""The own plan, requests for courses with an answer, what ends soon; and who never sees a learner's name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from contact.lint import neutral_violations
from contact.models import MessageTemplate, OutboxMessage
from contact.registry import still_makes_sense
from privacy.holdings import held_about
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from supporters.models import Course, CourseRequest, LearningGoal, Supporter
from supporters.training.notices import tell_ending
from supporters.training.services import note_qualification
from supporters.training.services_certificates import make_certificate
from supporters.training.services_cohorts import add_cohort_lead
from supporters.training.services_learning import add_goal, answer_request, ask_for_course, close_goal, withdraw_request
from tests import factories as make
from tests.training import a_completion, a_course, a_learner, a_supervisor, days_ago

pytestmark = pytest.mark.django_db
CANARY = "Canari-Apprenante"
WISH = "Canari-Souhait de cours"


@pytest.fixture
def supervisor():
    return a_supervisor()


@pytest.fixture
def learner(supervisor):
    return a_learner(supervisor=supervisor, name=CANARY)


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


class TestPlan:
    def test_a_line_is_there_once_until_it_is_done(self, learner):
        course = Course.objects.get(code="first_aid")
        first = add_goal(by=learner, course=course, by_when=tomorrow())
        assert add_goal(by=learner, course=course).pk == first.pk
        assert add_goal(by=learner, title=WISH).pk == add_goal(by=learner, title=f" {WISH} ").pk
        close_goal(goal=first, by=learner, done=True)
        close_goal(goal=first, by=learner, done=True)
        assert add_goal(by=learner, course=course).pk != first.pk

    def test_what_is_taken_off_is_gone(self, learner):
        goal = add_goal(by=learner, title=WISH)
        close_goal(goal=goal, by=learner, done=False)
        close_goal(goal=goal, by=learner, done=False)
        assert not LearningGoal.objects.exists()

    def test_nobody_else_writes_it_and_the_supervisor_reads_it(self, learner, supervisor):
        goal = add_goal(by=learner, title=WISH)
        with pytest.raises(Forbidden):
            close_goal(goal=goal, by=supervisor, done=True)
        assert LearningGoal.objects.visible_to(supervisor).get().title == WISH
        for other in (a_supervisor(), a_learner(), make.a_coordinator("QC"), make.an_analyst()):
            assert not LearningGoal.objects.visible_to(other).exists()

    def test_something_has_to_be_named(self, learner):
        for call in (add_goal, ask_for_course):
            with pytest.raises(DomainError) as refused:
                call(by=learner, title="  ")
            assert refused.value.code == "nothing_named"


class TestRequests:
    def test_sent_twice_is_one(self, learner):
        course = Course.objects.get(code="first_aid")
        assert ask_for_course(by=learner, course=course).pk == ask_for_course(by=learner, course=course).pk
        assert ask_for_course(by=learner, title=WISH).pk == ask_for_course(by=learner, title=WISH).pk
        assert CourseRequest.objects.count() == 2
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            CourseRequest.objects.create(user=learner, course=course)
        assert constraint_name(refused.value) == "course_request_once"

    def test_yes_has_a_day_and_not_now_says_what_else_there_is(self, learner, supervisor):
        asked = ask_for_course(by=learner, title=WISH)
        for given in ({}, {"starts_on": tomorrow(), "instead": "Another one"}, {"instead": "  "}):
            with pytest.raises(DomainError) as refused:
                answer_request(request=asked, by=supervisor, **given)
            assert refused.value.code == "no_answer"
        assert answer_request(request=asked, by=supervisor, instead="Ask again in May").state == "not_now"
        # The same once more is the same; another answer finds that there is one.
        answer_request(request=asked, by=supervisor, instead="Ask again in May")
        with pytest.raises(Conflict):
            answer_request(request=asked, by=supervisor, starts_on=tomorrow())
        message = OutboxMessage.objects.get(person=learner)
        assert still_makes_sense(message)
        assert "May" not in str(message.context)

    def test_database_refuses_a_yes_without_a_day_and_an_answer_to_oneself(self, learner):
        for fields, name in (
            ({"state": "yes"}, "course_request_yes_has_a_day"),
            ({"answered_by": learner}, "course_request_answered_by_another"),
        ):
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                CourseRequest.objects.create(user=learner, **fields)
            assert constraint_name(refused.value) == name

    def test_who_answers(self, learner, supervisor):
        asked = ask_for_course(by=learner, title=WISH)
        for other in (learner, a_supervisor(), make.a_coordinator("QC"), make.an_analyst()):
            with pytest.raises(Forbidden):
                answer_request(request=asked, by=other, starts_on=tomorrow())
        assert list(CourseRequest.objects.to_answer(supervisor)) == [asked]
        assert not CourseRequest.objects.to_answer(a_supervisor()).exists()
        # A supervisor's own request waits for a colleague.
        own = ask_for_course(by=supervisor, title="For me")
        assert own not in CourseRequest.objects.to_answer(supervisor)
        assert answer_request(request=own, by=a_supervisor(), starts_on=tomorrow()).state == "yes"

    def test_taken_back_without_a_reason_and_twice_is_as_once(self, learner, supervisor):
        asked = ask_for_course(by=learner, title=WISH)
        with pytest.raises(Forbidden):
            withdraw_request(request=asked, by=supervisor)
        withdraw_request(request=asked, by=learner)
        withdraw_request(request=asked, by=learner)
        with pytest.raises(Conflict):
            answer_request(request=asked, by=supervisor, starts_on=tomorrow())

    def test_words_are_sealed(self, learner, supervisor):
        asked = ask_for_course(by=learner, title=WISH)
        answer_request(request=asked, by=supervisor, instead="Canari-Autre")
        add_goal(by=learner, title=WISH)
        with connection.cursor() as cursor:
            for table in ("supporters_courserequest", "supporters_learninggoal"):
                cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
                text = cursor.fetchone()[0]
                for canary in (WISH, "Canari-Autre"):
                    assert canary not in text
                    assert canary.encode().hex() not in text


class TestEnding:
    def test_is_told_once_for_each_and_only_while_it_is_so(self, learner, supervisor):
        course = a_course(renew_months=12)
        note_qualification(user=learner, course=course, completed_on=days_ago(320), by=supervisor)
        assert tell_ending(timezone.now()) == 1
        assert tell_ending(timezone.now()) == 0
        message = OutboxMessage.objects.get(person=learner, template="page_news")
        assert still_makes_sense(message)
        note_qualification(user=learner, course=course, completed_on=days_ago(1), by=supervisor)
        assert not still_makes_sense(message)

    def test_nothing_is_told_before_its_time_or_to_who_has_left(self, learner, supervisor):
        course = a_course(renew_months=12)
        note_qualification(user=learner, course=course, completed_on=days_ago(100), by=supervisor)
        gone = a_learner(supervisor=supervisor)
        note_qualification(user=gone, course=course, completed_on=days_ago(320), by=supervisor)
        Supporter.objects.filter(pk=gone.pk).update(state="ended")
        assert tell_ending(timezone.now()) == 0

    def test_message_says_nothing(self):
        words = MessageTemplate.objects.get(pk="page_news")
        for language in ("en", "fr"):
            for name in ("subject", "body", "sms"):
                assert neutral_violations(getattr(words, f"{name}_{language}"), language) == []

    def test_is_on_the_persons_page_on_the_supervisors_and_nowhere_else(self, learner, supervisor):
        course = a_course("first_aid", renew_months=12)
        made = note_qualification(user=learner, course=course, completed_on=days_ago(320), by=supervisor)
        own, mine, others = page("/en/lead/training/", learner), page("/en/care/training/", supervisor), a_supervisor()
        assert "To be renewed" in own
        assert made.expires_on.isoformat() in own
        assert CANARY in mine
        assert made.expires_on.isoformat() in mine
        asked = ask_for_course(by=learner, title=WISH)
        front = page("/en/care/", supervisor)
        assert made.expires_on.isoformat() in front
        assert f"/en/care/training/asked/{asked.pk}/" in front
        assert CANARY not in page("/en/care/training/", others)
        assert CANARY not in page("/en/care/", others)


def page(path: str, user) -> str:
    client = Client()
    make.sign_in(client, user)
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


class TestNobodyElse:
    """With telling text everywhere, whoever is outside never gets it."""

    @pytest.fixture
    def told(self, learner, supervisor):
        done = a_completion(learner, supervisor, name_en="Canari-Cohorte", name_fr="Canari-Cohorte (fr)")
        certificate = make_certificate(qualification=done, by=learner)
        add_goal(by=learner, title=WISH)
        asked = ask_for_course(by=learner, title=WISH)
        return {"cohort": done.cohort, "certificate": certificate, "asked": asked, "done": done}

    @pytest.mark.parametrize("who", ["coordinator", "analyst", "clinician", "supporter", "supervisor"])
    def test_pages_of_others_name_no_learner(self, told, learner, who):
        other = {
            "coordinator": lambda: make.a_coordinator("QC"), "analyst": make.an_analyst, "clinician": make.a_clinician,
            "supporter": a_learner, "supervisor": a_supervisor,
        }[who]()  # fmt: skip
        client = Client()
        make.sign_in(client, other)
        cohort = told["cohort"]
        paths = [
            "/en/lead/training/", f"/en/lead/training/cohort/{cohort.pk}/", "/en/care/", "/en/care/training/",
            f"/en/lead/training/session/{cohort.sessions.first().pk}/", f"/en/care/training/person/{learner.pk}/",
            f"/en/care/training/asked/{told['asked'].pk}/",
            f"/en/lead/training/certificate/{told['certificate'].pk}/", "/en/desk/", "/en/reports/",
        ]  # fmt: skip
        if who != "supervisor":
            paths += [f"/en/care/training/cohort/{cohort.pk}/"]
        else:
            # They see who is in a cohort, not what somebody else's people wish for.
            paths.remove(f"/en/lead/training/session/{cohort.sessions.first().pk}/")
        for path in paths:
            text = client.get(path).content.decode(errors="replace")
            for canary in (CANARY, WISH, told["certificate"].code):
                assert canary not in text, (who, path, canary)

    def test_lead_of_the_cohort_sees_names_and_nothing_else_of_them(self, told, supervisor):
        lead = a_learner()
        add_cohort_lead(cohort=told["cohort"], user=lead, by=supervisor)
        text = page(f"/en/lead/training/cohort/{told['cohort'].pk}/", lead)
        assert CANARY in text
        assert "/enrol/" not in text, "nobody gives a course to themselves"
        assert WISH not in text

    def test_members_see_dates_and_leads_and_no_other_member(self, told, learner, supervisor):
        lead = a_learner(name="Canari-Formatrice")
        add_cohort_lead(cohort=told["cohort"], user=lead, by=supervisor)
        other = a_learner(name="Other Member")
        from supporters.training.services_cohorts import enrol

        enrol(cohort=told["cohort"], person=other, by=supervisor)
        text = page(f"/en/lead/training/cohort/{told['cohort'].pk}/", learner)
        assert "Canari-Formatrice" in text
        assert "Other Member" not in text

    def test_own_copy_holds_all_of_it_and_names_nobody_else(self, told, learner, supervisor):
        answer_request(request=told["asked"], by=supervisor, instead="Canari-Autre")
        said = " ".join(str(line.value) for held in held_about(learner) for record in held.records for line in record)
        for mine in ("Canari-Cohorte", WISH, told["certificate"].code, "Canari-Autre"):
            assert mine in said
        assert supervisor.name not in said


class TestPagesWork:
    def test_person_writes_the_plan_asks_and_enrols_by_the_page(self, learner, supervisor, client):
        make.sign_in(client, learner)
        answer = client.post("/en/lead/training/plan/", {"title": WISH, "by_when": "2027-05-01"}, follow=True)
        assert WISH in answer.content.decode()
        answer = client.post("/en/lead/training/ask/", {"course": "first_aid"}, follow=True)
        assert "Waits for an answer" in answer.content.decode()
        answer = client.post("/en/lead/training/ask/", {"title": ""})
        assert "Choose a course, or write what you would like to learn." in answer.content.decode()

    def test_supervisor_makes_a_cohort_notes_attendance_and_completion_by_the_page(self, learner, supervisor, client):
        make.sign_in(client, supervisor)
        first = days_ago(80)
        made = client.post("/fr/care/training/new/", {
            "course": "peer_support", "name_en": "Atlantic", "name_fr": "Atlantique", "for_whom": "supporters",
            "language": "both", "first_day": first.isoformat(), "start_time": "18:30",
            "time_zone": "America/Halifax", "minutes": "120", "places": "4",
        })  # fmt: skip
        where = made["Location"]
        assert client.post(f"{where}enrol/", {"person": learner.pk}).status_code == 302
        from supporters.models import Cohort

        cohort = Cohort.objects.get()
        for session in cohort.sessions.all()[:8]:
            path = f"/fr/care/training/session/{session.pk}/"
            row = cohort.enrolments.get()
            seen = client.get(path).context["form"]["seen"].value()
            assert client.post(path, {f"p-{row.pk}": "present", "seen": seen}).status_code == 302
        stale = client.post(path, {f"p-{row.pk}": "absent", "seen": "older"})
        assert stale.status_code == 200
        assert "a noté les présences" in stale.content.decode()
        answer = client.post(f"{where}complete/", follow=True)
        assert "1 personne a terminé le cours." in answer.content.decode()
        assert learner.qualifications.get().cohort == cohort

    def test_answer_is_given_by_the_page(self, learner, supervisor, client):
        asked = ask_for_course(by=learner, title=WISH)
        make.sign_in(client, supervisor)
        path = f"/en/care/training/asked/{asked.pk}/"
        assert "One of the two." in client.post(path, {}).content.decode()
        assert client.post(path, {"starts_on": "2027-02-01"}).status_code == 302
        assert "Yes" in client.get(path).content.decode()
