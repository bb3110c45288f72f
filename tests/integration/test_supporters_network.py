"""Peer supporters who find each other: in and out at once, nothing shown before both agree, and nobody else sees it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.choices import HoldKind
from privacy.erasing import erase_everything
from privacy.holdings import held_about
from privacy.models import Hold
from psp.choices import Role
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from psp.models import User
from supporters import tasks
from supporters.choices import SupporterState
from supporters.models import Pause, Supporter
from supporters.network.choices import ResourceLanguage, ResourceState, TouchState
from supporters.network.models import DirectoryEntry, EventPlace, NetworkEvent, Resource, ResourceTopic, Touch
from supporters.network.querysets import ASKED_FOR
from supporters.network.services import (
    MOST_ASKED,
    answer_touch,
    ask_touch,
    end_touch,
    forget_in_network,
    forget_wishes,
    join_directory,
    leave_directory,
)
from supporters.network.services_library import (
    cancel_event,
    change_event,
    join_event,
    leave_event,
    list_resource,
    looked_at,
    make_event,
    say_broken,
    suggest,
    take_out,
)
from tests.factories import (
    a_clinician,
    a_coordinator,
    a_facilitator,
    a_participant,
    a_privacy_officer,
    a_user,
    an_analyst,
    sign_in,
    with_role,
)
from tests.integration.test_supporters_texts import approve_erasure_of

pytestmark = pytest.mark.django_db


def a_supporter(region: str = "QC", **fields: Any) -> User:
    """Somebody who leads; known as such whether or not a factory said so already."""
    user = a_facilitator(**fields)
    Supporter.objects.update_or_create(
        user=user, defaults={"program_region_id": region, "state": SupporterState.ACTIVE}
    )
    return User.objects.get(pk=user.pk)


def a_supervisor() -> User:
    return with_role(a_user(), Role.SUPERVISOR)


def found(user: User, line: str = "") -> DirectoryEntry:
    return join_directory(by=user, interests=["leading"], line=line)


def seen_by(user: User) -> set[User]:
    return {entry.user for entry in DirectoryEntry.objects.visible_to(user)}


def two() -> tuple[User, User]:
    one, other = a_supporter(), a_supporter("ON")
    found(one)
    found(other)
    return one, other


def asked(one: User, other: User, way: str = "one@example.org") -> Touch:
    return ask_touch(by=one, entry=DirectoryEntry.objects.get(user=other), way=way)


def test_wishes_that_stand_no_more_are_removed_by_night_whatever_the_answer_was():
    one, other = two()
    third, fourth = a_supporter(), a_supporter()
    found(third)
    found(fourth)
    asked(one, other)
    answer_touch(touch=asked(one, third), by=third, agree=False)
    agreed = answer_touch(touch=asked(one, fourth), by=fourth, agree=True, way="four@example.org")
    assert forget_wishes(timezone.now()) == 0
    with time_machine.travel(timezone.now() + ASKED_FOR + timedelta(minutes=1), tick=False):
        fresh = asked(third, other)
        hold = Hold.objects.create(person=one, kind=HoldKind.COMPLAINT, opened_by=a_privacy_officer())
        assert forget_wishes(timezone.now()) == 0
        hold.delete()
        tasks.forget_wishes()
        tasks.forget_wishes()
    assert set(Touch.objects.all()) == {agreed, fresh}


class TestDirectory:
    def test_those_who_are_in_it_see_each_other_and_those_who_are_not_see_nobody(self):
        one, other = two()
        outside = a_supporter()
        assert seen_by(one) == seen_by(other) == {one, other}
        assert seen_by(outside) == set()

    @pytest.mark.parametrize("make", [a_clinician, a_coordinator, a_supervisor, an_analyst,
                                      lambda: with_role(a_user(), Role.ADMINISTRATOR),
                                      lambda: with_role(a_user(), Role.PRIVACY_OFFICER),
                                      lambda: a_participant().user])  # fmt: skip
    def test_no_role_of_the_team_sees_it_or_gets_into_it(self, make):
        two()
        staff = make()
        assert seen_by(staff) == set()
        with pytest.raises(DomainError) as refused:
            found(staff)
        assert refused.value.code == "not_leading"

    def test_leaving_holds_at_once_and_leaves_no_trace(self):
        one, other = two()
        leave_directory(by=one)
        leave_directory(by=one)
        assert seen_by(other) == {other}
        assert seen_by(one) == set()
        assert not hasattr(DirectoryEntry, "history")

    def test_a_pause_hides_and_coming_back_shows_again(self):
        one, other = two()
        pause = Pause.objects.create(user=one)
        assert seen_by(other) == {other}
        assert seen_by(one) == {one}, "the own entry stays at hand"
        pause.ended_at = timezone.now()
        pause.save()
        assert seen_by(other) == {one, other}

    def test_whoever_ended_closed_or_lost_the_role_is_gone_from_it(self):
        one, other = two()
        for change in (
            lambda: Supporter.objects.filter(pk=one.pk).update(state=SupporterState.ENDED),
            lambda: User.objects.filter(pk=one.pk).update(is_active=False),
            lambda: one.roles.all().delete(),
        ):
            with transaction.atomic():
                change()
                assert seen_by(other) == {other}
                transaction.set_rollback(True)
            assert seen_by(other) == {one, other}

    def test_somebody_who_is_joining_is_not_in_it_yet(self):
        user = a_supporter()
        Supporter.objects.filter(pk=user.pk).update(state=SupporterState.JOINING)
        with pytest.raises(DomainError):
            found(user)


class TestInTouch:
    def test_nothing_is_shown_before_both_agree(self):
        one, other = two()
        touch = asked(one, other, "canari-un")
        assert Touch.objects.waiting_for(other, timezone.now()).get() == touch
        agreed = answer_touch(touch=touch, by=other, agree=True, way="canari-autre")
        assert (agreed.asker_way, agreed.asked_way) == ("canari-un", "canari-autre")
        assert Touch.objects.in_touch(one).get() == Touch.objects.in_touch(other).get() == touch

    def test_not_now_is_never_told_and_cannot_be_asked_again_meanwhile(self):
        one, other = two()
        touch = asked(one, other)
        answer_touch(touch=touch, by=other, agree=False)
        assert Touch.objects.unanswered(one, timezone.now()).get() == touch, "it looks as if nobody answered"
        assert not Touch.objects.waiting_for(other, timezone.now()).exists()
        assert asked(one, other) == touch
        assert Touch.objects.get(pk=touch.pk).state == TouchState.DECLINED

    def test_a_wish_is_over_after_thirty_days_and_may_be_asked_again(self):
        one, other = two()
        touch = asked(one, other)
        with time_machine.travel(timezone.now() + timedelta(days=31), tick=True):
            assert not Touch.objects.waiting_for(other, timezone.now()).exists()
            assert not Touch.objects.unanswered(one, timezone.now()).exists()
            with pytest.raises(Conflict):
                answer_touch(touch=touch, by=other, agree=True, way="x")
            assert asked(one, other) != touch

    def test_who_was_asked_and_asks_back_finds_the_wish(self):
        one, other = two()
        touch = asked(one, other)
        assert asked(other, one) == touch

    def test_only_whoever_was_asked_answers(self):
        one, other = two()
        touch = asked(one, other)
        with pytest.raises(Forbidden):
            answer_touch(touch=touch, by=one, agree=True, way="x")
        with pytest.raises(Conflict):
            answer_touch(touch=touch, by=a_supporter(), agree=True, way="x")
        assert not Touch.objects.visible_to(a_supervisor()).exists()

    def test_agreeing_needs_a_word_on_how_to_be_reached(self):
        one, other = two()
        with pytest.raises(DomainError) as refused:
            answer_touch(touch=asked(one, other), by=other, agree=True)
        assert (refused.value.code, refused.value.field) == ("way_missing", "way")

    def test_leaving_takes_open_wishes_along_in_both_directions_and_those_in_touch_stay(self):
        one, other = two()
        third = a_supporter()
        found(third)
        answer_touch(touch=asked(one, third), by=third, agree=True, way="x")
        asked(one, other)
        asked(other, one)
        leave_directory(by=one)
        assert list(Touch.objects.visible_to(one).values_list("state", flat=True)) == [TouchState.AGREED]

    def test_a_pause_of_the_one_who_asked_takes_the_wish_from_the_page(self):
        one, other = two()
        asked(one, other)
        Pause.objects.create(user=one)
        assert not Touch.objects.waiting_for(other, timezone.now()).exists()

    def test_who_left_meanwhile_cannot_be_asked(self):
        one, other = two()
        entry = DirectoryEntry.objects.get(user=other)
        leave_directory(by=other)
        with pytest.raises(DomainError) as refused:
            ask_touch(by=one, entry=entry, way="x")
        assert refused.value.code == "not_there"
        outside = a_supporter()
        with pytest.raises(DomainError):
            ask_touch(by=outside, entry=DirectoryEntry.objects.get(user=one), way="x")

    def test_nobody_asks_everybody(self):
        one, _other = two()
        people = [a_supporter() for _one in range(MOST_ASKED + 1)]
        for person in people:
            found(person)
        for person in people[:-1]:
            asked(one, person)
        with pytest.raises(DomainError) as refused:
            asked(one, people[-1])
        assert refused.value.code == "too_many"

    def test_either_ends_it_and_the_row_is_gone(self):
        one, other = two()
        touch = asked(one, other)
        answer_touch(touch=touch, by=other, agree=True, way="x")
        end_touch(touch=touch, by=other)
        assert not Touch.objects.exists()
        with pytest.raises(Conflict):
            end_touch(touch=touch, by=one)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from(["ask", "yes", "no", "end", "leave", "join"]), st.booleans()),
                    max_size=8))  # fmt: skip
    def test_whatever_the_order_both_ways_are_there_only_after_both_said_so(self, steps):
        """A plain restatement: who has offered a way, and whether the other one answered it."""
        with transaction.atomic(), transaction.atomic(using="keys"):
            people = two()
            offered: dict[User, bool] = dict.fromkeys(people, False)
            for step, first in steps:
                by, other = people if first else people[::-1]
                self.do(step, by, other)
                row = Touch.objects.first()
                if row is None:
                    offered = dict.fromkeys(people, False)
                else:
                    offered[row.asker] = True
                    offered[row.asked] = offered[row.asked] or (step == "yes" and row.state == TouchState.AGREED)
                shown = Touch.objects.in_touch(by).exists()
                assert shown == (row is not None and row.state == TouchState.AGREED)
                assert not shown or all(offered.values())
                assert Touch.objects.count() <= 1
            transaction.set_rollback(True)
            transaction.set_rollback(True, using="keys")

    def do(self, step: str, by: User, other: User) -> None:
        touch = Touch.objects.first()
        entry = DirectoryEntry.objects.filter(user=other).first()
        try:
            with transaction.atomic():
                if step == "ask" and entry:
                    ask_touch(by=by, entry=entry, way="w")
                elif step in ("yes", "no") and touch:
                    answer_touch(touch=touch, by=by, agree=step == "yes", way="w")
                elif step == "end" and touch:
                    end_touch(touch=touch, by=by)
                elif step == "leave":
                    leave_directory(by=by)
                elif step == "join":
                    found(by)
        except (DomainError, Forbidden):
            pass


def event_content(**changes: Any) -> dict[str, Any]:
    begin = timezone.now() + timedelta(days=7)
    return {
        "title_en": "Coffee", "title_fr": "Café", "about_en": "", "about_fr": "", "place_en": "", "place_fr": "",
        "link": "https://meet.example.org/x", "starts_at": begin, "ends_at": begin + timedelta(hours=1), "places": 2,
    } | changes  # fmt: skip


def an_event(**changes: Any) -> NetworkEvent:
    return make_event(by=a_supervisor(), content=event_content(**changes))


class TestEvents:
    def test_supervisors_make_them_and_those_who_lead_come_and_leave(self):
        event, one = an_event(), a_supporter()
        assert join_event(event=event, by=one) == join_event(event=event, by=one)
        leave_event(event=event, by=one)
        leave_event(event=event, by=one)
        assert not event.taken.exists()
        for staff in (a_coordinator(), a_clinician()):
            with pytest.raises(Forbidden):
                join_event(event=event, by=staff)
            with pytest.raises(Forbidden):
                make_event(by=staff, content=event_content())
            assert not NetworkEvent.objects.visible_to(staff).exists()

    def test_cancelled_over_or_past_is_said(self):
        event, one = an_event(), a_supporter()
        with time_machine.travel(event.ends_at, tick=True), pytest.raises(DomainError) as refused:
            join_event(event=event, by=one)
        assert refused.value.code == "over"
        cancel_event(event=event, by=a_supervisor())
        cancel_event(event=event, by=a_supervisor())
        with pytest.raises(Conflict):
            join_event(event=event, by=one)
        with pytest.raises(Conflict):
            change_event(event=event, by=a_supervisor(), content=event_content())
        with pytest.raises(DomainError) as refused:
            an_event(starts_at=timezone.now() - timedelta(hours=1))
        assert refused.value.code == "in_the_past"

    def test_the_next_one_comes_first_for_everybody(self, client):
        begins = [timezone.now() + timedelta(days=days) for days in (60, 9)]
        later, sooner = (an_event(starts_at=one, ends_at=one + timedelta(hours=1)) for one in begins)
        for user, path in ((a_supporter(), "/en/lead/network/meetings/"), (a_supervisor(), "/en/care/network/")):
            sign_in(client, user)
            text = client.get(path).content.decode()
            assert text.index(str(sooner.pk)) < text.index(str(later.pk))

    def test_places_are_not_made_fewer_than_people_who_come(self):
        event = an_event(places=3)
        for _one in range(3):
            join_event(event=event, by=a_supporter())
        with pytest.raises(DomainError) as refused:
            change_event(event=event, by=a_supervisor(), content=event_content(places=2))
        assert refused.value.code == "fewer_places"

    def test_event_has_room(self):
        event = an_event(places=2)
        for _one in range(2):
            join_event(event=event, by=a_supporter())
        with pytest.raises(DomainError) as said:
            join_event(event=event, by=a_supporter())
        assert said.value.code == "event_has_room"
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            EventPlace.objects.create(event=event, user=a_supporter())
        assert constraint_name(refused.value) == "event_has_room"

    @pytest.mark.parametrize(
        ("changes", "name"),
        [({"link": ""}, "event_is_somewhere"), ({"places": 1}, "event_places_sensible"),
         ({"ends_at": timezone.now()}, "event_ends_after_it_began")],
    )  # fmt: skip
    def test_constraints_of_events(self, changes, name):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            NetworkEvent.objects.create(made_by=a_supervisor(), **event_content(**changes))
        assert constraint_name(refused.value) == name


@pytest.mark.django_db(transaction=True)
def test_as_many_people_come_at_once_as_there_are_places():
    event, people = an_event(places=3), [a_supporter() for _one in range(8)]
    gate = Barrier(8)

    def come(user: User) -> str:
        try:
            gate.wait(150)
            join_event(event=event, by=user)
        except DomainError as refused:
            return refused.code
        finally:
            connections.close_all()
        return "in"

    with ThreadPoolExecutor(8) as pool:
        outcome = sorted(pool.map(come, people))
    assert outcome == ["event_has_room"] * 5 + ["in"] * 3
    assert event.taken.count() == 3


def resource_content(**changes: Any) -> dict[str, Any]:
    return {
        "topic": ResourceTopic.objects.get(pk="limits"), "language": ResourceLanguage.FR,
        "link": "https://example.org/limites", "title_en": "Limits", "title_fr": "Limites", "summary_en": "Short.",
        "summary_fr": "Court.", "review_on": timezone.localdate() + timedelta(days=30),
    } | changes  # fmt: skip


class TestLibrary:
    def test_a_suggestion_is_seen_by_supervisors_alone_until_one_accepts_it(self):
        one, me = a_supporter(), a_supervisor()
        row = suggest(by=one, content=resource_content(title_en="", summary_en=""))
        assert not Resource.objects.visible_to(one).exists()
        assert Resource.objects.visible_to(me).get() == row
        assert Resource.objects.to_look_at(timezone.localdate()).get() == row
        list_resource(by=me, content=resource_content(), resource=row)
        assert Resource.objects.visible_to(a_supporter()).get() == row
        assert not Resource.objects.to_look_at(timezone.localdate()).exists()

    def test_over_its_date_or_broken_rises_until_somebody_looked(self):
        row = list_resource(by=a_supervisor(), content=resource_content())
        today = timezone.localdate()
        assert not Resource.objects.to_look_at(today).exists()
        assert Resource.objects.to_look_at(today + timedelta(days=30)).get() == row
        say_broken(resource=row, by=a_supporter())
        assert Resource.objects.to_look_at(today).get() == row
        done = looked_at(resource=row, by=a_supervisor())
        assert (done.broken_since, done.review_on) == (None, today + timedelta(days=365))
        assert not Resource.objects.to_look_at(today).exists()

    def test_the_same_link_is_not_there_twice(self):
        row = list_resource(by=a_supervisor(), content=resource_content())
        with pytest.raises(DomainError) as refused:
            suggest(by=a_supporter(), content=resource_content())
        assert (refused.value.code, refused.value.field) == ("resource_once", "link")
        take_out(resource=row, by=a_supervisor())
        take_out(resource=row, by=a_supervisor())
        suggest(by=a_supporter(), content=resource_content())
        with pytest.raises(Conflict):
            looked_at(resource=row, by=a_supervisor())

    def test_only_supervisors_keep_it(self):
        row = list_resource(by=a_supervisor(), content=resource_content())
        for by in (a_supporter(), a_coordinator(), an_analyst()):
            for act in (lambda by: list_resource(by=by, content=resource_content()),
                        lambda by: looked_at(resource=row, by=by),
                        lambda by: take_out(resource=row, by=by)):  # fmt: skip
                with pytest.raises(Forbidden):
                    act(by)
        with pytest.raises(Forbidden):
            suggest(by=a_coordinator(), content=resource_content())

    @pytest.mark.parametrize(
        ("changes", "name"),
        [({"link": "http://example.org"}, "resource_link_is_safe"),
         ({"state": ResourceState.LISTED, "summary_fr": ""}, "resource_listed_is_whole"),
         ({"state": ResourceState.LISTED, "review_on": None}, "resource_listed_is_whole"),
         ({"state": "other"}, "resource_state_known")],
    )  # fmt: skip
    def test_constraints_of_the_library(self, changes, name):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Resource.objects.create(**resource_content(**changes))
        assert constraint_name(refused.value) == name


class TestTheDatabaseJudgesWishes:
    @pytest.mark.parametrize(
        ("changes", "name"),
        [({"state": "agreed"}, "touch_answered_has_its_time"), ({"answered_at": timezone.now()},
         "touch_answered_has_its_time"), ({"state": "other", "answered_at": timezone.now()}, "touch_state_known")],
    )  # fmt: skip
    def test_constraints_of_wishes(self, changes, name):
        one, other = a_supporter(), a_supporter()
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Touch.objects.create(asker=one, asked=other, asker_way="w", **changes)
        assert constraint_name(refused.value) == name

    def test_touch_with_another_and_touch_asked_once(self):
        one, other = a_supporter(), a_supporter()
        Touch.objects.create(asker=one, asked=other, asker_way="w")
        for asked_one, name in ((one, "touch_with_another"), (other, "touch_asked_once")):
            with pytest.raises(IntegrityError) as refused, transaction.atomic():
                Touch.objects.create(asker=one, asked=asked_one, asker_way="w")
            assert constraint_name(refused.value) == name


def everything_of(user: User) -> str:
    return str([[str(line.value) for line in record] for held in held_about(user) for record in held.records])


def test_own_copy_has_ones_own_words_and_never_those_of_the_other():
    one, other = two()
    found(one, "canari-ligne")
    touch = asked(one, other, "canari-un")
    answer_touch(touch=touch, by=other, agree=True, way="canari-autre")
    copy = everything_of(one)
    assert "canari-ligne" in copy
    assert "canari-un" in copy
    assert "canari-autre" not in copy
    assert "canari-un" not in everything_of(other)


def test_a_decline_reads_as_no_answer_in_the_copy_too():
    one, other = two()
    answer_touch(touch=asked(one, other), by=other, agree=False)
    assert str(TouchState.DECLINED.label) not in everything_of(one)


def test_whoever_goes_leaves_nothing_in_the_network():
    one, other = two()
    asked(one, other)
    join_event(event=an_event(), by=one)
    suggestion = suggest(by=one, content=resource_content())
    forget_in_network(one)
    assert not Touch.objects.exists()
    assert not EventPlace.objects.exists()
    assert seen_by(other) == {other}
    approve_erasure_of(one)
    erase_everything(one)
    assert Resource.objects.get(pk=suggestion.pk).suggested_by is None


class TestPressedTwice:
    def test_answering_and_ending_twice_lead_back_to_the_network(self, client):
        one, other = two()
        touch = asked(one, other)
        sign_in(client, other)
        answer = reverse("lead:network_answer", args=[touch.pk])
        for _press in range(2):
            assert client.post(answer, {"answer": "yes", "way": "In the morning"}).status_code == 302
        assert Touch.objects.get().state == "agreed"
        end = reverse("lead:network_end", args=[touch.pk])
        for _press in range(2):
            assert client.post(end).status_code == 302
        assert not Touch.objects.exists()

    def test_asking_whoever_asked_already_leads_to_their_wish(self, client):
        one, other = two()
        touch = asked(one, other)
        sign_in(client, other)
        ask = reverse("lead:network_ask", args=[DirectoryEntry.objects.get(user=one).pk])
        answer = client.post(ask, {"way": "In the morning"})
        assert answer["Location"] == reverse("lead:network_answer", args=[touch.pk])
        assert Touch.objects.get().asked == other

    def test_meeting_that_is_sent_twice_is_one(self):
        supervisor, content = a_supervisor(), event_content()
        first = make_event(by=supervisor, content=content)
        assert make_event(by=supervisor, content=content).pk == first.pk
        cancel_event(event=first, by=supervisor)
        assert make_event(by=supervisor, content=content).pk != first.pk

    def test_wish_that_was_taken_back_meanwhile_leads_back_to_the_network_with_a_word(self, client):
        one, other = two()
        touch = asked(one, other)
        end_touch(touch=touch, by=one)
        sign_in(client, other)
        answer = client.post(
            reverse("lead:network_answer", args=[touch.pk]), {"answer": "yes", "way": "-"}, follow=True
        )
        assert "This is not open any more." in answer.content.decode()
