"""Decisions besides yes and no: referred elsewhere, not now, looked at again; and acceptance without a meeting."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from contact.models import OutboxMessage
from intake import services
from intake.choices import ApplicationState, MeetingState
from intake.models import Application, EligibilityVersion, Referral
from intake.portal import decision_words
from intake.services_decisions import ask_again
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def application(coordinator):
    return make.an_application(make.a_participant(), services=["formal", "activity"])


def in_days(number: int):
    return timezone.localdate() + timedelta(days=number)


def refused(code: str, act, **arguments) -> None:
    with pytest.raises(DomainError) as caught:
        act(**arguments)
    assert caught.value.code == code


def meeting_only_for(*names: str) -> EligibilityVersion:
    """A newer version of the criteria in force today, with a meeting for these services only."""
    old = make.an_eligibility_version()
    content = deepcopy(old.content)
    content["rules"]["version"] = old.number + 1
    for item in content["rules"]["criteria"]:
        if item["code"] == "meeting":
            item["services"] = list(names)
    return EligibilityVersion.objects.create(
        number=old.number + 1, content=content, valid_from=timezone.localdate(), published_at=timezone.now()
    )


def test_referral_names_who_helps_and_ends_the_application(application, coordinator):
    meeting = services.set_meeting(
        application=application, starts_at=timezone.now() + timedelta(days=2), by=coordinator
    )
    services.refer(application=application, to=["vac", "211", "made_up"], reasons=["others_fit"], by=coordinator)
    done = Application.objects.get()
    assert (done.state, set(done.referred_to), done.decision_reasons) == ("referred", {"vac", "211"}, ["others_fit"])
    assert (done.decided_by, done.decision_version.number) == (coordinator, 1)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED
    assert OutboxMessage.objects.filter(template="decision_ready").count() == 1


def test_referral_to_nobody_or_to_someone_not_offered_is_refused(application, coordinator):
    refused("nobody_named", services.refer, application=application, to=[], by=coordinator)
    Referral.objects.filter(pk="vac").update(active=False)
    refused("nobody_named", services.refer, application=application, to=["vac"], by=coordinator)


def test_not_now_has_a_day_and_comes_back_to_the_desk(application, coordinator):
    services.defer(application=application, until=in_days(30), reasons=["own_wish"], by=coordinator)
    done = Application.objects.get()
    assert (done.state, done.look_again_on) == ("deferred", in_days(30))
    again = Application.objects.to_look_at_again
    assert [list(again(in_days(days))) for days in (29, 30, 400)] == [[], [done], [done]]
    services.take_up(application=done, by=coordinator)
    fresh = Application.objects.get()
    assert (fresh.state, fresh.decided_at, fresh.look_again_on) == ("submitted", None, None)
    assert fresh.submitted_at == application.submitted_at, "the time that they have waited counts"
    assert fresh.history.filter(state="deferred").get().decision_reasons == ["own_wish"], "the decision is kept"


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_not_now_until_a_day_out_of_reach_is_refused(application, coordinator, days):
    refused("look_again_when", services.defer, application=application, until=in_days(days), reasons=["own_wish"],
            by=coordinator)  # fmt: skip


def test_not_now_needs_a_reason_that_the_person_can_read(application, coordinator):
    refused(
        "no_reason", services.defer, application=application, until=in_days(9), reasons=["no_device"], by=coordinator
    )


def test_a_stale_page_and_a_foreign_coordinator_decide_nothing(application, coordinator):
    with pytest.raises(Conflict):
        services.refer(application=application, to=["211"], by=coordinator, revision=7)
    with pytest.raises(Forbidden):
        services.defer(application=application, until=in_days(9), reasons=["own_wish"], by=make.a_coordinator("ON"))


def test_decided_is_decided(application, coordinator):
    services.refer(application=application, to=["211"], by=coordinator)
    later = {"until": in_days(2), "reasons": ["own_wish"]}
    for act, more in ((services.refer, {"to": ["211"]}), (services.defer, later),
                      (services.decline, {"reasons": ["no_device"]}), (services.take_up, {})):  # fmt: skip
        refused("wrong_state", act, application=application, by=coordinator, **more)


def test_asking_again_makes_one_new_application_and_leaves_the_decision(application, coordinator):
    services.decline(application=application, reasons=["no_device"], by=coordinator)
    person, before = application.participant.user, Application.objects.values().get()
    again = ask_again(application=Application.objects.get(), by=person)
    assert ask_again(application=Application.objects.get(pk=application.pk), by=person) == again
    assert (again.state, again.answers, again.services) == ("submitted", application.answers, application.services)
    assert Application.objects.filter(pk=application.pk).values().get() == before
    services.refer(application=again, to=["211"], by=coordinator)
    make.an_application(application.participant)
    refused("already_applied", ask_again, application=Application.objects.get(pk=again.pk), by=person)


def test_asking_again_takes_up_what_was_put_off(application, coordinator):
    services.defer(application=application, until=in_days(30), reasons=["own_wish"], by=coordinator)
    again = ask_again(application=Application.objects.get(), by=application.participant.user)
    assert (again.pk, again.state) == (application.pk, "submitted")


def test_nobody_else_asks_again(application, coordinator):
    services.decline(application=application, reasons=["no_device"], by=coordinator)
    with pytest.raises(Forbidden):
        ask_again(application=Application.objects.get(), by=make.a_participant().user)


def test_acceptance_without_a_meeting_where_the_criteria_ask_for_none(application, coordinator):
    refused("meeting_needed", services.accept, application=application, services=["activity"], by=coordinator)
    version = meeting_only_for("formal", "informal")
    refused("meeting_needed", services.accept, application=application, services=["formal", "activity"], by=coordinator)
    services.accept(application=application, services=["activity"], by=coordinator)
    done = Application.objects.get()
    assert (done.state, done.accepted_for, done.decision_version) == ("accepted", ["activity"], version)


def test_page_offers_acceptance_without_a_meeting_only_then(client, application, coordinator):
    make.sign_in(client, coordinator)
    link, page = reverse("desk:accept", args=[application.pk]), reverse("desk:file", args=[application.participant_id])
    assert link not in client.get(page).content.decode()
    meeting_only_for("formal")
    assert link in client.get(page).content.decode()
    assert "Without an intake meeting only: Informal group, Activity." in client.get(link).content.decode()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"state": "deferred", "look_again_on": None}, "application_deferred_has_date"),
        ({"state": "referred", "referred_to": []}, "application_referred_names_whom"),
        ({"state": "deferred", "look_again_on": "2030-01-01", "decided_at": None}, "application_decision_whole"),
        ({"state": "referred", "referred_to": ["211"], "decided_by": None}, "application_decision_whole"),
    ],
)
def test_database_judges_decisions(application, coordinator, values, name):
    whole = {"decided_at": timezone.now(), "decided_by": coordinator, "decision_version": application.version}
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**whole | values)
    assert constraint_name(caught.value) == name


def test_referral_list_is_bilingual_and_not_empty():
    for one in Referral.objects.all():
        assert all((one.name_en, one.name_fr, one.what_en, one.what_fr, one.phone))
    assert Referral.objects.filter(active=True).count() >= 5


def test_desk_walks_through_both_pages(client, application, coordinator):
    make.sign_in(client, coordinator)
    refer, defer = (reverse(f"desk:{name}", args=[application.pk]) for name in ("refer", "defer"))
    assert "Choose at least one service" in client.post(refer, {"revision": 0}).content.decode()
    answer = client.post(defer, {"revision": 0, "until": in_days(-3).isoformat(), "reasons": ["own_wish"]})
    assert answer.status_code == 200
    assert "Choose a day after today" in answer.content.decode()
    client.post(defer, {"revision": 0, "until": in_days(5).isoformat(), "reasons": ["own_wish"]})
    Application.objects.update(look_again_on=timezone.localdate())
    assert application.participant.reference in client.get(reverse("desk:today")).content.decode()
    client.post(reverse("desk:take_up", args=[application.pk]), {"revision": 1})
    client.post(refer, {"revision": 2, "to": ["vac"], "reasons": ["others_fit"]})
    assert Application.objects.get().state == ApplicationState.REFERRED


def test_person_reads_the_decision_in_kind_words_and_what_comes_next(client, application, coordinator):
    services.refer(application=application, to=["vac"], reasons=["others_fit"], by=coordinator)
    make.sign_in(client, application.participant.user)
    for name in ("my:home", "my:application"):
        page = client.get(reverse(name)).content.decode()
        assert "VAC Assistance Service" in page
        assert "tel:18002687708" in page
        assert "What you are looking for is what others do best" in page
        assert reverse("my:ask_again") in page
    assert client.post(reverse("my:ask_again")).status_code == 302
    assert Application.objects.filter(state="submitted").count() == 1
    assert client.get(reverse("my:ask_again")).status_code == 302, "there is nothing to ask again for"


def test_words_of_a_day_to_look_again(application, coordinator):
    services.defer(application=application, until=in_days(30), reasons=["nothing_fits"], by=coordinator)
    words = decision_words(Application.objects.get())
    assert words
    assert words["look_again"]
    assert words["reasons"] == ["Nothing that fits you is planned at the moment"]
