"""Questions before and after a group: offered under the consent, kept half done, and gone with it at once."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from consent.services import withdraw
from groups.choices import GroupKind
from privacy.erasing import delete_rows
from psp.audit.models import Entry
from psp.errors import DomainError, constraint_name
from psp.models import User
from sessions import services_questions as services
from sessions import survey_of_person
from sessions.choices import Moment
from sessions.models import AnswerSheet, GroupSession
from tests import factories as make
from tests.feedback import signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def by():
    return make.a_coordinator("QC")


@pytest.fixture
def person(by):
    return make.an_accepted_participant(
        "QC", by=by, language="en", services=("formal", "activity"), consents=("taking_part", "evaluation")
    )


def a_dated_group(by, person, *, starts, last, kind=GroupKind.FORMAL):
    """Two sessions, so many days from now."""
    group = make.a_group(by, kind=kind)
    make.add_member(group=group, participant=person, by=by)
    for number, day in enumerate((starts, last), start=1):
        at = timezone.now() + day * DAY
        GroupSession.objects.create(group=group, number=number, starts_at=at, ends_at=at + timedelta(hours=1))
    return group


def page(group, moment="before"):
    return reverse("my_sessions:questions", args=[group.pk, moment])


@pytest.mark.parametrize(
    ("now", "moment"),
    [(-1, Moment.BEFORE), (0, None), (69, None), (70, Moment.AFTER), (97, Moment.AFTER), (98, None)],
)
def test_moment_is_before_the_first_and_for_some_days_after_the_last(now, moment):
    found = services.moment_now(NOW, NOW + 70 * DAY, NOW + now * DAY, days=28)
    assert found == moment
    assert services.moment_now(None, None, NOW, 28) is None


def test_nobody_is_asked_without_the_consent_or_about_an_activity(by, person):
    a_dated_group(by, person, starts=2, last=9)
    a_dated_group(by, person, starts=3, last=4, kind=GroupKind.ACTIVITY)
    assert [one.moment for one in services.offers(person.user)] == [Moment.BEFORE]
    stranger = make.an_accepted_participant("QC", by=by)
    group = a_dated_group(by, stranger, starts=2, last=9)
    assert services.offers(stranger.user) == []
    assert signed_in(stranger.user).get(page(group)).status_code == 404
    assert signed_in(person.user).get(page(group)).status_code == 404


def test_answers_are_kept_half_done_and_sent_and_changed(by, person):
    group = a_dated_group(by, person, starts=2, last=9)
    mine = signed_in(person.user)
    assert mine.post(page(group), {"q_alone": "4", "later": "1"}).status_code == 302
    sheet = AnswerSheet.objects.get()
    assert (sheet.sent_at, services.answers_of(sheet)) == (None, {"alone": "4"})
    assert "begun" in mine.get(reverse("my:home")).content.decode()
    kept = mine.get(page(group)).content.decode()
    assert 'value="4"' in kept
    assert "checked" in kept
    mine.post(page(group), {"q_alone": "3", "q_help": "yes", "send": "1"})
    sheet = AnswerSheet.objects.get()
    assert (sheet.sent_at is None, services.answers_of(sheet)) == (False, {"alone": "3", "help": "yes"})
    assert "you may change it" in mine.get(reverse("my_sessions:mine")).content.decode()
    assert mine.post(page(group), {"q_alone": "9"}).status_code == 200
    assert mine.post(page(group), {"forget": "1"}).status_code == 302
    assert not AnswerSheet.objects.exists()


def test_answers_are_sealed_and_nobody_else_sees_them(by, person):
    group = a_dated_group(by, person, starts=2, last=9)
    sheet = services.save_answers(by=person.user, group=group.pk, moment="before", said={"alone": "4"}, send=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM peer_sessions_answersheet")
        assert b"alone" not in bytes(cursor.fetchone()[0])
    assert list(AnswerSheet.objects.visible_to(person.user)) == [sheet]
    for other in (by, make.an_analyst(), make.a_privacy_officer()):
        assert not AnswerSheet.objects.visible_to(other).exists()


def test_property_34_consent_taken_back_deletes_the_answers_at_once(by, person):
    group = a_dated_group(by, person, starts=2, last=9)
    services.save_answers(by=person.user, group=group.pk, moment="before", said={"alone": "4"}, send=False)
    withdraw(person=person.user, purpose="evaluation")
    assert not AnswerSheet.objects.exists()
    assert services.offers(person.user) == []
    with pytest.raises(DomainError) as refused:
        services.save_answers(by=person.user, group=group.pk, moment="before", said={"alone": "4"}, send=True)
    assert refused.value.code == "not_asked"
    assert Entry.objects.filter(person=person.user_id, action="delete").count() == 1


def test_answers_too_late_are_refused_and_those_kept_stay(by, person, time_machine):
    group = a_dated_group(by, person, starts=2, last=9)
    mine = signed_in(person.user)
    mine.post(page(group), {"q_alone": "4", "later": "1"})
    time_machine.move_to(timezone.now() + 3 * DAY)
    assert signed_in(person.user).post(page(group), {"q_alone": "1"}).status_code == 404
    assert services.answers_of(AnswerSheet.objects.get()) == {"alone": "4"}


def test_answers_are_in_the_copy_and_go_with_the_person(by, person):
    group = a_dated_group(by, person, starts=2, last=9)
    services.save_answers(by=person.user, group=group.pk, moment="before", said={"help": "no"}, send=True)
    (record,) = survey_of_person.told(person.user)
    assert "No" in {getattr(line.value, "en", line.value) for line in record}
    assert survey_of_person.erase(person.user) == Counter({"peer_sessions.answersheet": 1})
    assert delete_rows(AnswerSheet.objects.all()) == Counter()


def test_answers_follow_files_that_become_one_and_come_back(by, person):
    group = a_dated_group(by, person, starts=2, last=9)
    services.save_answers(by=person.user, group=group.pk, moment="before", said={"alone": "2"}, send=True)
    kept = make.an_accepted_participant("QC", by=by)
    assert survey_of_person.move(kept, person) == []  # this account never agreed to being asked
    make.agree(kept.user, "evaluation")
    moved = survey_of_person.move(kept, person)
    sheet = AnswerSheet.objects.get()
    assert (sheet.person_id, services.answers_of(sheet)) == (kept.user_id, {"alone": "2"})
    survey_of_person.back(kept, person, moved)
    sheet = AnswerSheet.objects.get()
    assert (sheet.person_id, services.answers_of(sheet)) == (person.user_id, {"alone": "2"})


def test_answer_sheet_once_its_moment_known_and_its_person_here(by, person):
    group = a_dated_group(by, person, starts=2, last=9)
    services.save_answers(by=person.user, group=group.pk, moment="before", said={"alone": "2"}, send=True)
    copy = """INSERT INTO peer_sessions_answersheet
        (id, person_id, group_id, questionnaire_id, moment, answers, saved_at)
        SELECT gen_random_uuid(), %s, group_id, questionnaire_id, %s, answers, saved_at
        FROM peer_sessions_answersheet LIMIT 1"""
    gone = make.a_participant()
    User.objects.filter(pk=gone.user_id).update(username=f"gone-{gone.user_id}")
    wrong = {
        "answer_sheet_once": (person.user_id, "before"), "answer_sheet_moment_known": (person.user_id, "during"),
        "person_is_here": (gone.user_id, "before"),
    }  # fmt: skip
    for name, values in wrong.items():
        with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(copy, values)
        assert constraint_name(refused.value) == name


def test_sheet_holds_codes_only(by, person):
    group = a_dated_group(by, person, starts=2, last=9)
    with pytest.raises(ValueError, match="alone"):
        services.save_answers(by=person.user, group=group.pk, moment="before", said={"alone": "text"}, send=True)
    sheet = services.save_answers(by=person.user, group=group.pk, moment="before", said={"note": "text"}, send=True)
    assert json.loads(sheet.answers) == {}
