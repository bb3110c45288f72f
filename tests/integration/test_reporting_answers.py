"""What people said, as figures: whole batches, the same people before and after, and nobody who took back their yes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from psp import feedback_rules as rules
from psp.crypto import keyring
from reporting import record
from reporting.counters.base import counter
from reporting.dimensions import codes, dimension, name_of
from reporting.disclosure import ALL
from reporting.models import FrozenTable, Series
from reporting.periods import parse
from sessions.choices import QuestionnaireUse
from sessions.models import AnswerSheet, FeedbackBatch, GroupSession, Questionnaire
from supporters.models import EvaluationBox, EvaluationForm
from supporters.training.services_evaluation import content_of
from tests import factories as make
from tests.training import a_cohort, a_supervisor, days_ago

pytestmark = pytest.mark.django_db
YEAR, QUARTER = parse("2025"), parse("2025-Q3")
ENDED = datetime(2025, 11, 20, 20, tzinfo=UTC)
BOTH = ("taking_part", "evaluation", "results")


def series(code: str) -> Series:
    return Series.objects.get(code=code)


def a_batch(period="2025-Q4", kind="formal", **answers: int) -> FeedbackBatch:
    """Everybody answered the first question so, and left the others open."""
    form = Questionnaire.objects.in_force(QuestionnaireUse.AFTER_SESSION)
    everybody = sum(answers.values())
    counts = {one.code: {**dict.fromkeys(one.codes, 0), "open": everybody} for one in form.form}
    counts["safe"] = {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0, "open": 0} | {
        key.removeprefix("a"): number for key, number in answers.items()
    }
    return FeedbackBatch.objects.create(questionnaire=form, kind=kind, period=period, answers=everybody, counts=counts)


def a_group_that_ended(by, at=ENDED):
    group = make.a_group(by)
    for number, ends in enumerate((at - timedelta(days=60), at), start=1):
        GroupSession.objects.create(group=group, number=number, starts_at=ends - timedelta(hours=1), ends_at=ends)
    return group


def said(person, group, moment, *, sent=True, **answers):
    form = Questionnaire.objects.in_force(QuestionnaireUse.BEFORE_AFTER)
    whole = dict.fromkeys((one.code for one in form.form[:-1]), "3") | {"help": "yes"} | answers
    row = AnswerSheet(
        person=person.user, group=group, questionnaire=form, moment=moment, sent_at=timezone.now() if sent else None
    )
    row.answers = json.dumps({key: value for key, value in whole.items() if value})
    row.save(force_insert=True)
    return row


def people_who_changed(by, changes, *, group=None, consents=BOTH):
    """One person for each (before, after) on "alone", in one group."""
    group = group or a_group_that_ended(by)
    found = []
    for before, after in changes:
        person = make.a_participant(consents=consents)
        said(person, group, "before", alone=str(before))
        said(person, group, "after", alone=str(after))
        found.append(person)
    return found


@pytest.fixture
def by():
    return make.a_coordinator("QC")


# From 2 to 4 and from 4 to 3, often enough for every number to be shown.
WHOLE = [(2, 4)] * 14 + [(4, 3)] * 12


class TestSeries:
    def test_every_published_form_has_one_in_both_languages(self):
        for code in ("feedback-1", "change-1", "training-before-1", "training-after-1", "training-later-1"):
            made = series(code)
            assert made.name("en") != made.name("fr")
            assert "{" not in made.name("en") + made.name("fr")
            assert made.indicators.get().name("fr")
            for breakdown in made.breakdowns:
                assert set(breakdown) <= counter(made.counter).dimensions
                assert len(breakdown) <= 2

    def test_new_version_is_counted_by_itself_as_soon_as_it_is_published(self):
        form = Questionnaire.objects.in_force(QuestionnaireUse.AFTER_SESSION)
        draft = Questionnaire.objects.create(use=form.use, number=2, questions=form.questions[:1])
        assert not Series.objects.filter(code="feedback-2").exists()
        draft.published_at = timezone.now()
        draft.save()
        assert series("feedback-2").breakdowns == [["feedback-2-q1"], ["groups", "feedback-2-q1"]]
        Series.objects.filter(code="feedback-2").delete()

    def test_dimension_is_the_question_and_its_answers(self):
        with override("fr"):
            assert dimension("feedback-1-q1").name == "Étiez-vous à l’aise pendant cette séance?"
            assert name_of("feedback-1-q1", "1") == "Pas du tout"
        assert codes("feedback-1-q5") == ("no", "open", "yes")
        assert codes("change-1-q1-after") == ("1", "2", "3", "4", "5")

    @pytest.mark.parametrize("code", ["feedback-9", "feedback-1-q9", "feedback-1-q0", "feedback-x", "elsewhere"])
    def test_code_that_is_none_is_refused(self, code):
        with pytest.raises(KeyError):
            dimension(code)
        with pytest.raises(KeyError):
            counter(code if "-q" not in code else f"other-{code}")


class TestFeedback:
    def test_batches_of_a_quarter_add_up_by_answer_and_kind(self):
        a_batch(a2=14, a5=12)
        a_batch(a2=10, kind="informal")
        a_batch(a2=11, period="2026-Q1")
        tables = record.tables(series("feedback-1"), QUARTER)
        assert tables[()].value() == 36
        by_answer = tables[("feedback-1-q1",)]
        assert [by_answer.values[(code,)] for code in ("1", "2", "5", "open", ALL)] == [0, 24, 12, 0, 36]
        crossed = tables[("groups", "feedback-1-q1")]
        assert crossed.values["informal", "2"] == 10
        assert crossed.values["formal", ALL] == 26
        assert tables[("feedback-1-q2",)].values[("open",)] == 36

    def test_year_holds_its_quarters_and_what_was_put_together_for_the_year(self):
        a_batch(a2=14, a5=12)
        a_batch(a3=15, kind="", period="2025-26")
        a_batch(a3=15, period="2026-Q2")
        a_batch(a3=15, kind="", period="2026-27")
        tables = record.tables(series("feedback-1"), YEAR)
        assert tables[()].value() == 41
        assert tables[("groups", "feedback-1-q1")].values["several", "3"] == 15
        quarters = [record.tables(series("feedback-1"), parse(f"2025-Q{one}"))[()].value() for one in (1, 2, 3, 4)]
        assert quarters == [0, 0, 26, 15]

    def test_small_number_is_hidden(self):
        a_batch(a2=14, a5=3)
        table = record.tables(series("feedback-1"), QUARTER)[("feedback-1-q1",)]
        assert table.values[("5",)] is None
        assert not table.statistics


class TestBeforeAndAfter:
    def test_same_people_are_compared(self, by):
        people_who_changed(by, WHOLE)
        tables = record.tables(series("change-1"), YEAR)
        before, after = tables[("change-1-q1-before",)], tables[("change-1-q1-after",)]
        assert [before.values[(code,)] for code in ("2", "4", ALL)] == [14, 12, 26]
        assert [after.values[(code,)] for code in ("3", "4")] == [12, 14]
        # (14 × 2 + 12 × (−1)) ÷ 26; s = 1.5254, t(25) = 2.0595.
        assert after.statistics[(ALL,)] == {"before": 2.9, "after": 3.5, "change": 0.6, "low": 0.0, "high": 1.2}
        assert not before.statistics
        assert not tables[("change-1-q2-after",)].statistics, "all others said the same both times"

    def test_fewer_than_the_threshold_have_no_change(self, by):
        people_who_changed(by, [(2, 4)] * 5 + [(2, 3)] * 4)
        tables = record.tables(series("change-1"), YEAR)
        assert tables[()].value() is None
        assert not any(table.statistics for table in tables.values())

    @pytest.mark.parametrize("purpose", ["evaluation", "results"])
    def test_consent_taken_back_is_not_in_what_is_counted_next(self, by, purpose):
        people = people_who_changed(by, WHOLE)
        make.disagree(people[0].user, purpose)
        assert record.tables(series("change-1"), YEAR)[()].value() == 25

    @pytest.mark.parametrize("consents", [("taking_part", "evaluation"), ("taking_part", "results")])
    def test_without_one_of_the_two_consents_nobody_is_counted(self, by, consents):
        people_who_changed(by, WHOLE, consents=consents)
        assert record.tables(series("change-1"), YEAR)[()].value() == 0

    def test_what_was_frozen_stays_when_somebody_takes_back_their_yes(self, by):
        people = people_who_changed(by, WHOLE)
        first = record.tables(series("change-1"), YEAR)
        make.disagree(people[0].user, "evaluation")
        assert record.tables(series("change-1"), YEAR) == first

    def test_only_whole_sheets_that_were_sent_both_times(self, by):
        people_who_changed(by, WHOLE)
        group = a_group_that_ended(by)
        for more in ({"sent": False}, {"hope": ""}):
            person = make.a_participant(consents=BOTH)
            said(person, group, "before")
            said(person, group, "after", **more)
        said(make.a_participant(consents=BOTH), group, "before")
        assert record.tables(series("change-1"), YEAR)[()].value() == 26

    def test_person_counts_once_with_the_last_group(self, by):
        people = people_who_changed(by, WHOLE)
        later = a_group_that_ended(by, ENDED + timedelta(days=30))
        said(people[0], later, "before", alone="4")
        said(people[0], later, "after", alone="3")
        tables = record.tables(series("change-1"), YEAR)
        assert tables[()].value() == 26
        assert tables[("change-1-q1-after",)].values[("3",)] == 13

    def test_group_counts_in_the_year_in_which_its_questions_closed(self, by):
        last_days = datetime(2025, 3, 20, tzinfo=UTC)
        people_who_changed(by, WHOLE, group=a_group_that_ended(by, last_days))
        assert record.tables(series("change-1"), parse("2024"))[()].value() == 0
        assert record.tables(series("change-1"), YEAR)[()].value() == 26

    def test_canary_answer_of_somebody_who_did_not_agree_is_nowhere(self, by):
        """Only they said 5; a table that held it would show a hidden number there."""
        people_who_changed(by, WHOLE)
        people_who_changed(by, [(5, 5)], consents=("taking_part", "evaluation"))
        tables = record.tables(series("change-1"), YEAR)
        assert all(tables[(f"change-1-q1-{side}",)].values[("5",)] == 0 for side in ("before", "after"))
        assert '"alone"' not in "".join(FrozenTable.objects.values_list("body", flat=True))


class TestTraining:
    def a_closed_box(self, moment, sheets):
        form = EvaluationForm.objects.in_force(moment)
        box = EvaluationBox(ref=rules.new_ref(), cohort=a_cohort(a_supervisor(), first_day=days_ago(400)), form=form)
        keyring.create_many([box.pk])
        box.closes_at, box.sealed = ENDED, rules.to_text(rules.Content(sheets=tuple(sheets)))
        box.save(force_insert=True)
        assert len(content_of(box).sheets) == len(sheets)

    def test_whole_boxes_are_counted_question_by_question(self):
        self.a_closed_box("after", [{"role": "4"}] * 12 + [{}] * 11)
        self.a_closed_box("after", [{"role": "4", "again": "yes"}] * 10)
        self.a_closed_box("later", [{"role": "4"}] * 3)
        tables = record.tables(series("training-after-1"), YEAR)
        assert tables[()].value() == 33
        assert [tables[("training-after-1-q1",)].values[(code,)] for code in ("4", "open")] == [22, 11]
        assert tables[("training-after-1-q7",)].values[("yes",)] == 10
        assert record.tables(series("training-later-1"), YEAR)[()].value() is None


class TestPage:
    @pytest.fixture
    def analyst(self, client):
        make.sign_in(client, make.an_analyst())
        return client

    def page(self, client, period="2025", language="en"):
        answer = client.get(f"/{language}/reports/answers/", {"period": period})
        assert answer.status_code == 200
        return re.sub(r"[ \n]+", " ", answer.content.decode())

    def test_numbers_of_answers_come_first_and_change_with_its_range(self, by, analyst):
        people_who_changed(by, WHOLE)
        page = self.page(analyst)
        assert '<span class="card-number">26</span> people' in page
        assert "On average 2.9 before and 3.5 after, on a scale from 1 (Never) to 5" in page
        assert "Change: +0.6 (95% confidence interval: 0.0 to +1.2)." in page
        assert "95 times in 100" in page
        assert "significant" not in page.lower()
        french = self.page(analyst, language="fr")
        assert "Changement\u00a0: +0,6 (intervalle de confiance à 95\u00a0%\u00a0: de 0,0 à +1,2)." in french

    def test_quarter_shows_answers_with_shares_and_the_mean_where_all_is_shown(self, by, analyst):
        a_group_that_ended(by)
        a_batch(a2=30, a4=10)
        page = self.page(analyst, "2025-Q3")
        assert "On average 2.5, on a scale from 1 (Not at all) to 5 (Fully)." in page
        assert re.search(r"A little\s+30\s+75%", re.sub(r"<[^>]+>", " ", page))
        assert "Before and after a group" not in page, "only years have it"

    def test_each_question_is_drawn_for_both_widths_beside_its_table(self, by, analyst):
        people_who_changed(by, WHOLE)
        a_batch(a2=30, a4=10)
        for language, before, people in (("en", "Before the group, Rarely: ", "people"),
                                         ("fr", "Avant le groupe, Rarement\u00a0: ", "personnes")):  # fmt: skip
            page = self.page(analyst, language=language)
            assert page.count(f'aria-label="{before}14\u00a0{people}"') == 2
            assert page.count('<figure class="chart-figure"') == page.count("figures-table") == 10
            ids = re.findall(r' id="([^"]+)"', page)
            assert len(ids) == len(set(ids))
        quarter = self.page(analyst, "2025-Q3")
        assert quarter.count('aria-label="A little: 30\u00a0answers"') == 2

    def test_hidden_answer_is_drawn_as_hidden_and_nothing_more(self, by, analyst):
        a_group_that_ended(by)
        a_batch(a2=30, a3=20, a4=6)
        page = self.page(analyst, "2025-Q3")
        assert page.count('aria-label="Mostly: hidden"') == 2
        assert "6\u00a0answers" not in re.sub(r"\d6\u00a0", "", page)

    def test_canary_small_number_is_on_no_page_and_moves_no_mean(self, by, analyst):
        a_group_that_ended(by)
        a_batch(a2=30, a4=7)
        for language in ("en", "fr"):
            page = self.page(analyst, "2025-Q3", language)
            section = page.split('id="feedback-1"')[1].split("</section>")[0]
            assert not re.search(r"(?<![\w-])7(?![\w-])", re.sub(r"<[^>]*>", " ", section))
        assert "On average" not in self.page(analyst, "2025-Q3")

    def test_period_that_is_not_over_or_not_there_is_said(self, by, analyst):
        a_group_that_ended(by)
        for period in ("2126", "2025-11", "nonsense"):
            answer = analyst.get(reverse("reports:answers"), {"period": period})
            assert answer.status_code == 400
            assert b"Choose a period from the list." in answer.content

    def test_nothing_is_counted_before_anything_took_place(self, analyst):
        answer = analyst.get(reverse("reports:answers"))
        assert b"No period has been counted yet" in answer.content
        assert not FrozenTable.objects.exists()

    @pytest.mark.parametrize("who", ["a_facilitator", "a_clinician", "a_supervisor"])
    def test_page_is_closed_to_those_who_lead(self, client, who):
        make.sign_in(client, getattr(make, who)())
        assert client.get(reverse("reports:answers")).status_code == 403
