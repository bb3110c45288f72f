"""A check-in is one's own: sealed, shared one by one, counted with nobody's name, and gone after some weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from privacy.holdings import held_about
from privacy.services_holds import open_hold
from psp.audit.models import Entry
from psp.choices import Role
from psp.errors import DomainError, Forbidden
from psp.models import RoleAssignment
from supporters.models import CareOffer, CareSetting, CheckIn, CheckInShare, Pause, WellbeingMonth
from supporters.wellbeing.forgetting import count_months, forget
from supporters.wellbeing.privacy import erase
from supporters.wellbeing.services_checkin import (
    check_in,
    is_asked_now,
    offers_for,
    put_away,
    remove_check_in,
    set_wish,
    share,
    take_back,
)
from supporters.wellbeing.services_pause import come_back, pause_role
from tests import factories as make

pytestmark = pytest.mark.django_db
CANARY = "thunderhead"
NOW = datetime(2026, 11, 20, 15, tzinfo=ZoneInfo("UTC"))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def lead():
    return make.a_newcomer(time_zone="America/Toronto")


def a_supervisor():
    return make.with_role(make.a_user(), Role.SUPERVISOR)


def a_check_in(user, **said) -> CheckIn:
    values = {"colour": "hard", "word": CANARY, "answers": {"rest": "no"}} | said
    row = check_in(user=user, by=user, **values)
    assert row is not None
    return row


# --- Keeping --------------------------------------------------------------------------------------


def test_it_is_kept_as_said_and_said_again_on_the_same_day_it_stands_instead(lead, clock):
    first = a_check_in(lead)
    assert (first.said.colour, first.said.word, first.said.answers) == ("hard", CANARY, {"rest": "no"})
    again = a_check_in(lead, colour="good", word="", answers={})
    assert again.pk == first.pk
    assert CheckIn.objects.get(user=lead).said.colour == "good"
    clock.shift(timedelta(days=1))
    a_check_in(lead)
    assert CheckIn.objects.filter(user=lead).count() == 2


def test_the_day_is_the_one_on_the_clock_of_the_person(clock):
    clock.move_to(datetime(2026, 11, 21, 3, tzinfo=ZoneInfo("UTC")))
    late, early = make.a_newcomer(time_zone="America/Vancouver"), make.a_newcomer(time_zone="Europe/Paris")
    assert a_check_in(late).day == date(2026, 11, 20)
    assert a_check_in(early).day == date(2026, 11, 21)


def test_saying_nothing_keeps_nothing(lead):
    assert check_in(user=lead, by=lead, word="   ", answers={"rest": ""}) is None
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"colour": "purple"}, "colour_unknown"), ({"answers": {"rest": "maybe"}}, "answer_unknown"),
        ({"answers": {"what_happened": "yes"}}, "answer_unknown"), ({"word": "x" * 31}, "word_long"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(lead, said, code):
    with pytest.raises(DomainError) as caught:
        check_in(user=lead, by=lead, **said)
    assert caught.value.code == code


def test_the_table_tells_a_good_week_from_a_hard_one_neither_by_a_column_nor_by_a_length(lead):
    a_check_in(lead, colour="good", word="", answers={})
    a_check_in(make.a_newcomer(), word="x" * 30, answers={"rest": "no", "load": "partly", "support": "yes"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT kept, (to_jsonb(row) - 'kept')::text FROM supporters_checkin row")
        sealed, plain = zip(*cursor.fetchall(), strict=True)
    assert len({len(one) for one in sealed}) == 1
    assert not any(word in text for text in plain for word in ("good", "hard", CANARY))


def test_only_supporters_check_in_and_each_for_themselves(lead):
    for other in (make.a_newcomer(), make.a_coordinator(), a_supervisor()):
        with pytest.raises(Forbidden):
            check_in(user=lead, by=other, colour="good")
    clinician = make.a_clinician()
    with pytest.raises(Forbidden):
        check_in(user=clinician, by=clinician, colour="good")


def test_the_access_log_says_that_there_is_one_and_not_what_it_says(lead):
    row = a_check_in(lead)
    said = Entry.objects.filter(object_id=str(row.pk)).values_list("action", "fields", "purpose")
    assert list(said) == [("create", "", "own")]


# --- Sharing --------------------------------------------------------------------------------------


def test_a_supervisor_reads_what_was_shared_with_them_until_it_is_taken_back(lead):
    row, mine, other = a_check_in(lead), a_supervisor(), a_supervisor()
    assert not CheckIn.objects.visible_to(mine).exists(), "not even the own supervisor, before it is shared"
    share(check_in=row, with_whom=mine, by=lead)
    share(check_in=row, with_whom=mine, by=lead)
    assert [one.said.word for one in CheckIn.objects.visible_to(mine)] == [CANARY]
    assert not CheckIn.objects.visible_to(other).exists()
    take_back(check_in=row, from_whom=mine, by=lead)
    take_back(check_in=row, from_whom=mine, by=lead)
    assert not CheckIn.objects.visible_to(mine).exists()
    assert not CheckInShare.objects.exists()


def test_sharing_one_shares_no_other(lead, clock):
    share(check_in=a_check_in(lead), with_whom=(mine := a_supervisor()), by=lead)
    clock.shift(timedelta(days=7))
    a_check_in(lead)
    assert CheckIn.objects.visible_to(mine).count() == 1


def test_who_is_a_supervisor_no_more_reads_nothing_any_more(lead):
    mine = a_supervisor()
    share(check_in=a_check_in(lead), with_whom=mine, by=lead)
    RoleAssignment.objects.filter(user=mine).delete()
    assert not CheckIn.objects.visible_to(type(mine).objects.get(pk=mine.pk)).exists()


def test_it_is_shared_with_supervisors_alone_never_oneself_and_by_nobody_else(lead):
    row = a_check_in(lead)
    for who in (make.a_coordinator(), make.a_privacy_officer(), lead):
        with pytest.raises(DomainError) as caught:
            share(check_in=row, with_whom=who, by=lead)
        assert caught.value.code == "no_supervisor"
    both = make.with_role(lead, Role.SUPERVISOR)
    with pytest.raises(DomainError):
        share(check_in=row, with_whom=both, by=both)
    mine = a_supervisor()
    with pytest.raises(Forbidden):
        share(check_in=row, with_whom=mine, by=mine)
    with pytest.raises(Forbidden):
        take_back(check_in=row, from_whom=mine, by=mine)


@pytest.mark.parametrize(
    "who", [make.a_coordinator, make.an_analyst, make.a_privacy_officer, make.a_facilitator, make.a_clinician,
            lambda: make.with_role(make.a_user(), Role.ADMINISTRATOR), a_supervisor],
)  # fmt: skip
def test_nobody_else_sees_a_check_in_whatever_their_role(lead, who):
    share(check_in=a_check_in(lead), with_whom=a_supervisor(), by=lead)
    assert not CheckIn.objects.visible_to(who()).exists()


def test_the_person_takes_it_away_with_everybody_who_might_read_it(lead):
    row, mine = a_check_in(lead), a_supervisor()
    share(check_in=row, with_whom=mine, by=lead)
    with pytest.raises(Forbidden):
        remove_check_in(check_in=row, by=mine)
    remove_check_in(check_in=row, by=lead)
    remove_check_in(check_in=row, by=lead)
    assert not CheckIn.objects.exists()
    assert not CheckInShare.objects.exists()


# --- Asking gently --------------------------------------------------------------------------------


def test_the_first_page_asks_once_a_week_and_can_be_told_not_to(lead, clock):
    assert is_asked_now(lead)
    put_away(user=lead, by=lead)
    assert not is_asked_now(lead)
    clock.shift(timedelta(days=7))
    assert is_asked_now(lead)
    a_check_in(lead)
    assert not is_asked_now(lead)
    clock.shift(timedelta(days=7))
    assert is_asked_now(lead)
    set_wish(user=lead, by=lead, asked=False)
    assert not is_asked_now(lead)


def test_what_is_there_for_somebody_is_for_everybody_or_for_their_region(lead):
    from supporters.models import Supporter

    Supporter.objects.get_or_create(user=lead, defaults={"program_region_id": "QC"})
    Supporter.objects.filter(user=lead).update(program_region_id="QC")
    words = {"name_en": "N", "name_fr": "N", "about_en": "A", "about_fr": "A"}
    CareOffer.objects.create(code="here", program_region_id="QC", **words)
    CareOffer.objects.create(code="there", program_region_id="ON", **words)
    CareOffer.objects.create(code="over", active=False, **words)
    shown = {one.code for one in offers_for(lead)}
    assert {"assistance", "counsellor", "peers", "days_off", "here"} == shown


# --- A short life ---------------------------------------------------------------------------------


def test_check_ins_go_after_the_days_that_the_program_set(lead, clock):
    row, mine = a_check_in(lead), a_supervisor()
    share(check_in=row, with_whom=mine, by=lead)
    CareSetting.objects.update(checkin_keep_days=20)
    clock.shift(timedelta(days=19))
    assert forget(timezone.now()) == 0
    clock.shift(timedelta(days=1))
    assert forget(timezone.now()) == 1
    assert forget(timezone.now()) == 0
    assert not CheckIn.objects.exists()
    assert not CheckInShare.objects.exists()


def test_there_is_no_history_of_what_was_said():
    assert not any(hasattr(model, "history") for model in (CheckIn, CheckInShare, Pause, WellbeingMonth))


def test_a_pause_that_is_over_is_forgotten_and_one_that_holds_stays(lead, clock):
    other = make.a_newcomer()
    pause_role(user=lead, by=lead)
    pause_role(user=other, by=other)
    come_back(user=lead, by=lead)
    clock.shift(timedelta(days=2))
    forget(timezone.now())
    assert [one.user_id for one in Pause.objects.all()] == [other.pk]


def test_what_a_hold_protects_stays(lead, clock):
    a_check_in(lead)
    open_hold(person=lead, kind="complaint", by=make.a_privacy_officer())
    clock.shift(timedelta(days=100))
    forget(timezone.now())
    assert CheckIn.objects.filter(user=lead).exists()


# --- Counting -------------------------------------------------------------------------------------


def many(number: int, colour: str, *, counted: bool = True):
    people = [make.a_newcomer() for _one in range(number)]
    for person in people:
        set_wish(user=person, by=person, counted=counted)
        a_check_in(person, colour=colour)
    return people


def test_a_month_is_counted_once_it_is_over_for_those_who_let_it_be(clock):
    (first, *_rest) = many(6, "good")
    many(4, "hard")
    many(3, "hard", counted=False)
    clock.shift(timedelta(days=1))
    a_check_in(first, colour="mixed")
    assert count_months(timezone.now()) == [], "November is not over"
    clock.move_to(datetime(2026, 12, 1, 8, tzinfo=ZoneInfo("UTC")))
    assert count_months(timezone.now()) == [date(2026, 11, 1)]
    assert count_months(timezone.now()) == []
    row = WellbeingMonth.objects.get()
    assert (row.good, row.mixed, row.hard) == (5, 1, 4), "each person once, as they said last"


def test_until_then_nothing_about_it_is_written_so_that_watching_tells_nothing():
    many(10, "hard")
    assert not WellbeingMonth.objects.exists()
    assert {field.name for field in WellbeingMonth._meta.get_fields()} == {"month", "good", "mixed", "hard"}


def test_where_too_few_said_something_nothing_is_kept_but_that_it_was_looked_at(clock):
    many(9, "hard")
    clock.move_to(datetime(2026, 12, 1, 8, tzinfo=ZoneInfo("UTC")))
    count_months(timezone.now())
    row = WellbeingMonth.objects.get()
    assert (row.good, row.mixed, row.hard) == (None, None, None)


def test_who_takes_it_back_before_the_month_is_over_is_not_counted(clock):
    people = many(11, "good")
    set_wish(user=people[0], by=people[0], counted=False)
    erase(people[1])
    clock.move_to(datetime(2026, 12, 1, 8, tzinfo=ZoneInfo("UTC")))
    count_months(timezone.now())
    assert WellbeingMonth.objects.get().good is None, "nine are too few"


# --- One's own copy, and going --------------------------------------------------------------------


def test_the_copy_of_the_person_says_what_they_said_and_whom_they_showed_it(lead):
    mine = make.with_role(make.a_user(name="Robin"), Role.SUPERVISOR)
    share(check_in=a_check_in(lead), with_whom=mine, by=lead)
    pause_role(user=lead, by=lead)
    set_wish(user=lead, by=lead, counted=True)
    held = {one.section.code: one.records for one in held_about(lead)}
    values = [line.value for record in held["check_ins"] for line in record]
    assert CANARY in values
    assert ["Robin"] in values
    assert len(held["pauses"]) == len(held["check_in_wishes"]) == 1


def test_everything_goes_with_the_person(lead):
    share(check_in=a_check_in(lead), with_whom=a_supervisor(), by=lead)
    pause_role(user=lead, by=lead)
    put_away(user=lead, by=lead)
    erase(lead)
    assert not CheckIn.objects.exists()
    assert not CheckInShare.objects.exists()
    assert not Pause.objects.filter(user=lead).exists()


def test_whoever_ended_the_role_is_read_by_nobody_any_more(lead):
    supervisor = a_supervisor()
    row = a_check_in(lead, colour="hard")
    share(check_in=row, with_whom=supervisor, by=lead)
    assert CheckIn.objects.visible_to(supervisor).filter(pk=row.pk).exists()
    # They cannot take it back themselves: the pages are those of peer supporters.
    lead.roles.all().delete()
    assert not CheckIn.objects.visible_to(supervisor).filter(pk=row.pk).exists()


def test_pause_of_whoever_leads_no_more_goes_too(lead):
    other = make.a_newcomer()
    for one in (lead, other):
        pause_role(user=one, by=one)
    lead.roles.all().delete()
    forget(timezone.now())
    assert [one.user_id for one in Pause.objects.all()] == [other.pk]
