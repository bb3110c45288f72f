"""Questions that are put into SQL once answer as their queryset does, for each reader and at each moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake.models import Application
from psp.asking import Question, ask
from psp.choices import Role
from psp.dashboard import _cards
from psp.models import RoleAssignment
from tests import factories as make

pytestmark = pytest.mark.django_db
SENT = Question(
    lambda reader, until: (
        Application.objects.in_regions_of(reader).filter(submitted_at__lt=until)
        .order_by("submitted_at").values_list("pk", "desk_region")
    ),
    lambda _reader: {"until": timezone.now()}, of="",
)  # fmt: skip
NUMBER = Question(lambda reader: Application.objects.in_regions_of(reader).values_list("pk"), of="count(*)")


def sent(region: str, days: int) -> Application:
    return make.an_application(make.a_participant(region), submitted_at=timezone.now() - timedelta(days=days))


def test_answers_are_those_of_the_queryset_and_of_the_readers_own_regions():
    quebec, ontario = make.a_coordinator("QC"), make.a_coordinator("ON")
    both = make.a_coordinator("QC")
    RoleAssignment.objects.create(user=both, role=Role.COORDINATOR, region_id="ON")
    one, two, other = sent("QC", 3), sent("QC", 2), sent("ON", 1)
    sent("QC", -1)
    for reader, wanted in ((quebec, [one, two]), (ontario, [other]), (both, [one, two, other]), (quebec, [one, two])):
        rows, number = ask(reader, [SENT, NUMBER])
        assert [pk for pk, _region in rows] == [row.pk for row in wanted]
        assert number == [(Application.objects.in_regions_of(reader).count(),)]


def test_reader_without_a_region_finds_nothing():
    sent("QC", 1)
    for nobody in (make.an_analyst(), make.a_participant().user):
        assert ask(nobody, [SENT, NUMBER]) == [[], [(0,)]]


def test_nothing_of_an_answer_is_kept():
    reader = make.a_coordinator("QC")
    assert ask(reader, [NUMBER]) == [[(0,)]]
    row = sent("QC", 1)
    assert ask(reader, [NUMBER]) == [[(1,)]]
    assert ask(reader, [SENT])[0] == [(row.pk, "QC")]


def test_all_questions_are_one_round_trip_and_none_is_planned_twice():
    reader = make.a_coordinator("QC")
    ask(reader, [SENT, NUMBER])
    reader.roles.all()
    with CaptureQueriesContext(connection) as asked:
        ask(reader, [SENT, NUMBER, NUMBER])
    assert len(asked) == 1
    assert "PREPARE" not in asked[0]["sql"]


def test_moment_that_is_worked_out_inside_a_question_is_refused():
    stale = Question(lambda reader: Application.objects.filter(submitted_at__lt=timezone.now()).values_list("pk"))
    shifted = Question(
        lambda reader, now: Application.objects.filter(submitted_at__lt=now - timedelta(days=1)).values_list("pk"),
        lambda _reader: {"now": timezone.now()},
    )
    for question in (stale, shifted):
        with pytest.raises(ImproperlyConfigured, match="hand its values on"):
            ask(make.a_coordinator("QC"), [question])


@pytest.mark.parametrize("text", ["it's", "100 %", "%s", "$1", "%(reader)s", 'a"b', "\\'; --"])
def test_what_never_changes_is_written_out_as_it_is(text):
    reader = make.a_coordinator("QC")
    named = Question(lambda _reader: RoleAssignment.objects.exclude(role=text).values_list("role"), of="count(*)")
    assert ask(reader, [named]) == [[(RoleAssignment.objects.count(),)]]
    found = Question(lambda _reader: RoleAssignment.objects.filter(role=text).values_list("role"))
    assert ask(reader, [found]) == [[]]


def test_question_that_fails_leaves_the_others_as_they_were():
    reader = make.a_coordinator("QC")
    wrong = Question(lambda reader: Application.objects.in_regions_of(reader).values_list("pk"), of="no_such(*)")
    for _time in range(2):
        with pytest.raises(DatabaseError), transaction.atomic():
            ask(reader, [NUMBER, wrong])
        assert ask(reader, [NUMBER]) == [[(0,)]]


@pytest.mark.django_db(transaction=True)
def test_new_connection_asks_anew():
    reader = make.a_coordinator("QC")
    assert ask(reader, [NUMBER]) == [[(0,)]]
    connection.close()
    assert ask(reader, [NUMBER]) == [[(0,)]]


def test_every_question_of_every_card_can_be_put_to_readers_of_one_two_and_no_region():
    both = make.a_coordinator("QC")
    RoleAssignment.objects.create(user=both, role=Role.COORDINATOR, region_id="ON")
    questions = list(dict.fromkeys(question for card in _cards for question in card.asks))
    assert len(questions) > 15
    for reader in (make.a_coordinator("QC"), both, make.an_analyst()):
        answers = ask(reader, questions)
        assert len(answers) == len(questions)
        for question, rows in zip(questions, answers, strict=True):
            assert len(rows) == 1 if question.of else rows == []
