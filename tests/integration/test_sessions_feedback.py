"""Feedback without a name: slips, the address where they come back, and batches that are of several people."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from consent.services import withdraw
from psp import feedback_rules as rules
from psp.crypto import keyring
from psp.errors import DomainError, constraint_name
from psp.keys.models import DataKey
from sessions import services_feedback as services
from sessions.choices import AttendanceStatus, QuestionnaireUse, SessionState
from sessions.models import Attendance, FeedbackBatch, FeedbackBox, GroupSession, Questionnaire
from tests import factories as make
from tests.browser import Browser
from tests.feedback import a_held_session, send, signed_in, slip_in, take_slip

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return make.a_coordinator("QC")


@pytest.fixture
def person(by):
    return make.an_accepted_participant("QC", by=by)


@pytest.fixture
def session(by, person):
    return a_held_session(by, [person])


def later(**time):
    return timezone.now() + timedelta(**time)


class TestSlips:
    def test_page_hands_out_one_slip_and_the_same_for_two_clicks(self, person, session):
        mine = signed_in(person.user)
        address = reverse("my_sessions:slip", args=[session.pk])
        nonce = rules.new_nonce().hex()
        first, second = (slip_in(mine.post(address, {"nonce": nonce})) for _click in range(2))
        assert first == second
        other = mine.post(address, {"nonce": rules.new_nonce().hex()})
        assert other.status_code == 409
        assert b"We kept no copy" in other.content

    @pytest.mark.parametrize("nonce", ["", "xyz", "00", "ff" * 40])
    def test_number_that_is_none_is_replaced(self, person, session, nonce):
        address = reverse("my_sessions:slip", args=[session.pk])
        assert slip_in(signed_in(person.user).post(address, {"nonce": nonce}))

    def test_slips_are_for_those_who_were_there(self, by, person, session):
        Attendance.objects.filter(session=session).update(status=AttendanceStatus.ABSENT)
        assert not services.open_sessions(person.user).exists()
        with pytest.raises(DomainError, match="feedback_over"):
            services.hand_slip(session=session, by=person.user, nonce=rules.new_nonce())
        stranger = signed_in(make.an_accepted_participant("QC", by=by).user)
        assert stranger.get(reverse("my_sessions:slip", args=[session.pk])).status_code == 404

    def test_whoever_took_back_the_consent_to_questions_is_asked_none(self, person, session):
        make.agree(person.user, "evaluation")
        assert list(services.open_sessions(person.user)) == [session]
        withdraw(person=person.user, purpose="evaluation")
        assert not services.open_sessions(person.user).exists()
        make.agree(person.user, "evaluation")
        assert services.open_sessions(person.user).exists()

    def test_front_page_and_sessions_offer_it_alike_before_and_after(self, person, session):
        mine = signed_in(person.user)
        link = reverse("my_sessions:slip", args=[session.pk]).encode()
        before = [mine.get(reverse(name)).content for name in ("my:home", "my_sessions:mine")]
        take_slip(mine, session)
        after = [mine.get(reverse(name)).content for name in ("my:home", "my_sessions:mine")]
        assert all(link in page for page in before + after)
        assert [page.count(link) for page in before] == [page.count(link) for page in after]

    def test_boxes_are_for_sessions_that_are_over_and_not_cancelled(self, by, session):
        group = make.a_group(by)
        now = timezone.now()
        times = {1: (now, SessionState.SCHEDULED), 2: (now - timedelta(2), SessionState.CANCELLED),
                 3: (now - timedelta(20), SessionState.HELD)}  # fmt: skip
        for number, (start, state) in times.items():
            end = start + timedelta(hours=1)
            GroupSession.objects.create(group=group, number=number, starts_at=start, ends_at=end, state=state)
        assert services.open_boxes(now) == 0
        assert services.open_boxes(now) == 0
        assert services.open_boxes(now + timedelta(hours=2)) == 1


class TestAnswers:
    def test_slip_opens_the_form_once(self, person, session):
        slip = slip_in(take_slip(signed_in(person.user), session))
        anybody = Browser()
        assert b'name="q_safe"' in anybody.post("/en/feedback/", {"code": slip.lower().replace("-", " ")}).content
        assert send(anybody, slip, safe="4", again="yes")["Location"] == "/en/feedback/thanks/"
        for again in (send(anybody, slip, safe="1"), anybody.post("/fr/feedback/", {"code": slip})):
            assert again.status_code == 200
            assert b'name="q_safe"' not in again.content
        assert b"have arrived" in send(anybody, slip, safe="1").content
        (box,) = FeedbackBox.objects.all()
        assert services.content_of(box).sheets == ({"safe": "4", "again": "yes"},)

    def test_nothing_answered_and_answers_not_on_offer_are_said_and_lose_no_slip(self, person, session):
        slip = slip_in(take_slip(signed_in(person.user), session))
        assert b"You have not answered anything yet" in send(Browser(), slip).content
        assert b"Choose one of the answers" in send(Browser(), slip, safe="Camille was there").content
        assert send(Browser(), slip, safe="1").status_code == 302

    @pytest.mark.parametrize("typed", ["", "ABCD", "0000-0000-0000-0000-0000-0000", "\x01" * 24, "é" * 100])
    def test_guessed_code_opens_nothing(self, session, typed):
        page = Browser().post("/en/feedback/", {"code": typed, "send": "1", "q_safe": "1"})
        assert page.status_code == 200
        assert b'name="q_safe"' not in page.content
        assert b"error-summary" in page.content

    def test_guess_with_the_right_box_opens_nothing(self, session):
        box = FeedbackBox.objects.get()
        for _try in range(20):
            assert services.look_at(rules.Slip(box.ref, rules.new_nonce())).back == services.Back.UNKNOWN

    def test_slip_that_comes_too_late_says_so(self, person, session, time_machine):
        slip = slip_in(take_slip(signed_in(person.user), session))
        time_machine.move_to(later(days=15))
        assert b"The time to answer is over" in send(Browser(), slip, safe="1").content
        services.empty_boxes(timezone.now())
        assert b"Compare it with what you wrote down" in send(Browser(), slip, safe="1").content

    def test_slip_works_until_its_last_moment(self, person, session, time_machine):
        slip = slip_in(take_slip(signed_in(person.user), session))
        time_machine.move_to(session.ends_at + timedelta(days=14) - timedelta(seconds=1), tick=False)
        assert send(Browser(), slip, safe="1").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_one_slip_in_twenty_browsers_at_once_is_one_answer(by, person):
    session = a_held_session(by, [person])
    slip = slip_in(take_slip(signed_in(person.user), session))

    def answer(_number: int) -> int:
        try:
            return send(Browser(), slip, safe="2").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as browsers:
        answers = list(browsers.map(answer, range(20)))
    assert sorted(answers) == [200] * 19 + [302]
    assert len(services.content_of(FeedbackBox.objects.get()).sheets) == 1


def answered(by, people, values, **more):
    """A session of which these people said so."""
    session = a_held_session(by, people, **more)
    for person, value in zip(people, values, strict=True):
        slip = services.hand_slip(session=session, by=person.user, nonce=rules.new_nonce())
        assert services.take_answers(slip=slip, said={"safe": value}) == services.Back.GOOD
    return session


def a_batch(**fields) -> FeedbackBatch:
    form = Questionnaire.objects.in_force(QuestionnaireUse.AFTER_SESSION)
    values = {"questionnaire": form, "kind": "formal", "period": "2026-Q4", "answers": 10,
              "counts": {"safe": {"1": 4, "2": 6, "open": 0}}} | fields  # fmt: skip
    return FeedbackBatch.objects.create(**values)


class TestBatches:
    def test_small_sessions_wait_and_are_counted_together(self, by, settings):
        settings.PSP_FEEDBACK_THRESHOLD = 5
        people = [make.an_accepted_participant("QC", by=by) for _one in range(3)]
        answered(by, people, "123")
        answered(by, people[:1], "1")
        assert services.empty_boxes(later(days=15)) == 0
        assert FeedbackBox.objects.count() == 2
        answered(by, people[1:], "45", days_ago=0.2)
        keys = set(FeedbackBox.objects.values_list("pk", flat=True))
        assert services.empty_boxes(later(days=15)) == 1
        (batch,) = FeedbackBatch.objects.all()
        assert (batch.answers, batch.kind) == (6, "formal")
        assert batch.counts["safe"] == {"1": 2, "2": 1, "3": 1, "4": 1, "5": 1, "open": 0}
        assert batch.counts["again"] == {"yes": 0, "no": 0, "open": 6}
        assert not FeedbackBox.objects.exists()
        assert not DataKey.objects.filter(person__in=keys).exists()

    def test_closed_box_forgets_its_slips_at_once(self, by, person):
        answered(by, [person], "3")
        services.empty_boxes(later(days=15))
        content = services.content_of(FeedbackBox.objects.get())
        assert content == rules.Content(sheets=({"safe": "3"},))

    def test_open_boxes_are_sealed_anew_each_night(self, by, person):
        session = a_held_session(by, [person])
        slip = services.hand_slip(session=session, by=person.user, nonce=rules.new_nonce())
        before = FeedbackBox.objects.get().__dict__["sealed"]
        services.empty_boxes(timezone.now())
        assert FeedbackBox.objects.get().__dict__["sealed"] != before
        assert services.take_answers(slip=slip, said={"safe": "1"}) == services.Back.GOOD

    def test_emptied_box_goes_also_after_a_crash(self, by, person, monkeypatch):
        """Between the batch and the end of the key: the next night finds the box."""
        a_held_session(by, [person])
        key = FeedbackBox.objects.get().pk
        monkeypatch.setattr(services, "let_go", lambda: 0)
        services.empty_boxes(later(days=15))
        monkeypatch.undo()
        assert (FeedbackBox.objects.get().emptied, keyring.key_of(key) is None) == (True, False)
        services.empty_boxes(later(days=15))
        assert not FeedbackBox.objects.exists()
        assert not DataKey.objects.filter(person=key).exists()

    @pytest.mark.parametrize("days", [0, 15])
    def test_box_without_its_key_goes_quietly(self, by, person, days):
        """As after a restore of the main database alone, to a moment before the box was emptied."""
        session = a_held_session(by, [person])
        keyring.destroy(FeedbackBox.objects.get().pk)
        with pytest.raises(DomainError, match="feedback_over"):
            services.hand_slip(session=session, by=person.user, nonce=rules.new_nonce())
        assert services.empty_boxes(later(days=days)) == 0
        assert not FeedbackBox.objects.exists()

    def test_what_waited_too_long_is_thrown_away(self, by, person):
        answered(by, [person], "3")
        assert services.empty_boxes(later(days=15 + 365)) == 0
        assert not FeedbackBox.objects.exists()
        assert not FeedbackBatch.objects.exists()


class TestJudges:
    """The database is the last judge, for every writer."""

    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("feedback_batch_of_several", {"answers": 4, "counts": {"safe": {"1": 0, "open": 4}}}),
            ("feedback_batch_adds_up", {"counts": {"safe": {"1": 4, "open": 0}}}),
            ("feedback_batch_adds_up", {"counts": {"safe": {"1": 2, "open": 8}}}),
            ("feedback_batch_adds_up", {"counts": {}}),
            ("feedback_batch_kind_known", {"kind": "other"}),
        ],
    )
    def test_batch_that_is_none_is_refused(self, name, fields):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            a_batch(**fields)
        assert constraint_name(refused.value) == name

    def test_feedback_batch_frozen(self):
        batch = a_batch()
        for act in (batch.delete, batch.save):
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                act()
            assert constraint_name(refused.value) == "feedback_batch_frozen"

    def test_questionnaire_frozen(self):
        form = Questionnaire.objects.in_force(QuestionnaireUse.AFTER_SESSION)
        form.questions = form.questions[:1]
        for act in (form.save, form.delete):
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                act()
            assert constraint_name(refused.value) == "questionnaire_frozen"

    def test_questionnaire_version_once_and_use_known(self):
        form = Questionnaire.objects.in_force(QuestionnaireUse.AFTER_SESSION)
        wrong = {"questionnaire_version_once": (form.use, form.number), "questionnaire_use_known": ("other", 1)}
        for name, (use, number) in wrong.items():
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                Questionnaire.objects.create(use=use, number=number, questions=form.questions)
            assert constraint_name(refused.value) == name

    def test_box_has_one_session_and_one_ref(self, session):
        box = FeedbackBox.objects.get()
        insert = """INSERT INTO peer_sessions_feedbackbox
            (id, ref, session_id, questionnaire_id, sealed, closes_at, emptied)
            SELECT %s, ref, session_id, questionnaire_id, sealed, closes_at, emptied FROM peer_sessions_feedbackbox"""
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, [uuid4()])
        assert FeedbackBox.objects.get() == box


class TestQuestionnairesInTheAdmin:
    """Forms are data; what is no form is said, and published ones are copied, not changed."""

    @pytest.fixture
    def admin(self, client):
        make.sign_in(client, make.with_role(make.a_user(), "administrator"))
        return client

    def test_draft_is_judged_and_published(self, admin):
        form = Questionnaire.objects.in_force(QuestionnaireUse.AFTER_SESSION)
        listed = reverse("admin:peer_sessions_questionnaire_changelist")
        admin.post(listed, {"action": "copy", "_selected_action": [form.pk]})
        draft = Questionnaire.objects.get(use=form.use, number=form.number + 1)
        change = reverse("admin:peer_sessions_questionnaire_change", args=[draft.pk])
        wrong = '[{"code": "a", "kind": "text", "text_en": "Tell us", "text_fr": "Racontez"}]'
        page = admin.post(change, {"use": draft.use, "number": draft.number, "questions": wrong})
        assert b"nobody writes a text of their own" in page.content
        admin.post(listed, {"action": "publish", "_selected_action": [draft.pk]})
        assert Questionnaire.objects.in_force(QuestionnaireUse.AFTER_SESSION) == draft
        assert admin.get(change).status_code == 200
        assert admin.post(change, {"use": draft.use, "number": 9, "questions": "[]"}).status_code == 403
