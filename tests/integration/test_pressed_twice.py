"""A form that is sent twice: the second time is harmless, and ends where the first one did.

Buttons without a form: `test_security_matrix.test_second_press_of_a_button_ends_on_a_page_as_the_first_one_did`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from contact.models import OutboxMessage
from psp.models import User
from reporting.models import Release, Story
from sessions.choices_cover import CoverState
from sessions.models import Cover
from sessions.services_cover import cannot_lead, stand_in
from supporters.choices import ReadyFor
from supporters.models import Pairing, Supporter
from supporters.network.models import Resource
from supporters.supervision.services_extra import make_plan
from tests import factories as make
from tests.browser import Browser
from tests.feedback import signed_in
from tests.integration.test_at_once import Evening
from tests.integration.test_reporting_releases import in_may
from tests.joining import a_conversation, somebody_joining
from tests.stories import a_story, proposed
from tests.training import a_supervisor

pytestmark = pytest.mark.django_db
# Of whom, where, what is sent, and what there is afterwards.
Press = tuple[User, str, dict[str, Any], Callable[[], Any]]


def begins_to_lead(by: User) -> Press:
    joining = somebody_joining()
    for step in ReadyFor.values:
        a_conversation(joining.user, by, step=step)
    return by, reverse("care:begin_leading", args=[joining.pk]), {}, lambda: Supporter.objects.get().state


def ends_a_role(by: User) -> Press:
    joining = somebody_joining(supervisor=by)
    return by, reverse("care:end_role", args=[joining.pk]), {}, lambda: Supporter.objects.get().state


def hands_over(by: User) -> Press:
    joining, other = somebody_joining(supervisor=by), a_supervisor()
    standing = Pairing.objects.standing().filter(user=joining.pk)
    path = reverse("care:hand_over", args=[joining.pk])
    return by, path, {"supervisor": str(other.pk)}, lambda: standing.get().supervisor_id


def goes_on_with_a_plan(by: User) -> Press:
    joining, today = somebody_joining(supervisor=by), timezone.localdate()
    month = today + timedelta(days=30)
    plan = make_plan(
        user=joining.user, by=by, kinds=[], from_on=today, until_on=month, look_on=month, agreed="more time"
    )
    path = reverse("care:plan_again", args=[joining.pk, plan.pk])
    later = {"until_on": str(month + timedelta(days=9)), "look_on": str(month + timedelta(days=5))}
    return by, path, later, lambda: OutboxMessage.objects.filter(person=joining.pk).count()


def links(**more: str) -> dict[str, str]:
    return {"link": "https://example.org/a", "topic": "limits", "language": "en"} | more


def suggests_a_link(_by: User) -> Press:
    sent = links(title="A", summary="B")
    return make.a_facilitator(), reverse("lead:library_suggest"), sent, Resource.objects.count


def lists_a_link(by: User) -> Press:
    sent = links(title_en="A", title_fr="B", summary_en="C", summary_fr="D", review_on=str(timezone.localdate()))
    return by, reverse("care:resource_new"), sent, Resource.objects.count


def prepares_a_report(_by: User) -> Press:
    in_may()
    sent = {"period": "2026-05", "method": "suppression"}
    return make.an_analyst(), reverse("reports:release_new"), sent, Release.objects.count


def gives_a_session_back(_by: User) -> Press:
    here, colleague = Evening(), make.a_facilitator()
    cover = cannot_lead(session=here.session, by=here.lead)
    assert cover is not None
    stand_in(cover=cover, user=colleague, by=here.by)
    path = reverse("lead:cannot", args=[here.session.pk])
    return colleague, path, {}, lambda: Cover.objects.get().state == CoverState.OPEN


WAYS = (begins_to_lead, ends_a_role, hands_over, goes_on_with_a_plan, suggests_a_link, lists_a_link, prepares_a_report,
        gives_a_session_back)  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda one: one.__name__)
def test_second_time_ends_where_the_first_one_did_and_changes_nothing(way):
    me, path, sent, there = way(a_supervisor())
    browser = Browser()
    make.sign_in(browser, me)
    first = browser.post(path, sent)
    assert first.status_code == 302, first.content.decode()
    after = there()
    second = browser.post(path, sent, follow=True)
    assert second.status_code == 200
    assert second.redirect_chain, "not a form with something to mend"
    assert there() == after


@pytest.mark.parametrize("way", [begins_to_lead, ends_a_role], ids=lambda one: one.__name__)
def test_press_of_somebody_else_does_not_learn_that_the_first_one_was_there(way):
    me, path, sent, _there = way(a_supervisor())
    first, other = Browser(), Browser()
    make.sign_in(first, me)
    make.sign_in(other, a_supervisor())
    assert first.post(path, sent).status_code == 302
    assert other.post(path, sent).status_code == 404


@pytest.mark.parametrize("said", ["yes", "no"])
def test_answer_to_proposed_words_that_is_sent_twice_is_one_answer(said):
    by = make.a_coordinator("QC")
    person = make.an_accepted_participant("QC", by=by, language="en")
    proposed(a_story(person), by)
    browser = signed_in(person.user)
    read = re.search(r'name="read" value="(\w+)"', browser.get("/en/my/words/").content.decode())
    sent = {"read": read[1] if read else "", said: "1"}
    states = []
    for _press in range(2):
        assert browser.post("/en/my/words/", sent).status_code == 302
        states.append(Story.objects.get().state)
    assert states == ["agreed" if said == "yes" else "draft"] * 2
