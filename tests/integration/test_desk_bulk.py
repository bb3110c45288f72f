"""Acts on several applications: the summary, what is done and left out, the access log, taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact.models import OutboxMessage
from contact.services import set_safe_contact
from intake.choices import BulkAction
from intake.models import Application
from intake.models_desk import BulkAct
from intake.services_bulk import Order, carry_out, take_back
from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]
LONG_AGO = timezone.now() - timedelta(days=20)


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC", name="Colette")


@pytest.fixture
def desk(client, coordinator):
    make.sign_in(client, coordinator)
    return client


def waiting(region="QC", **fields) -> Application:
    person = make.a_participant(region, consents=("taking_part", "contact_email"))
    set_safe_contact(person=person.user, by=person.user, email_safe=True)
    return make.an_application(person, submitted_at=LONG_AGO, last_action_at=LONG_AGO, **fields)


def send(desk, rows, what, **more):
    return desk.post(
        f"{reverse('desk:bulk')}?list=1&state=submitted&page=2",
        {"pick": [str(row.pk) for row in rows], "what": what, **more},
    )


def changes(application) -> int:
    return Entry.objects.filter(person=application.person_id, action="change", object_id=str(application.pk)).count()


def test_summary_says_what_will_happen_and_changes_nothing(desk, coordinator):
    rows = [waiting(), waiting()]
    over = make.accepted(make.a_participant(name="Already Accepted"), by=coordinator)
    page = send(desk, [*rows, over], "looked").content.decode()
    assert all(row.participant.reference in page for row in rows)
    assert "Already Accepted" in page
    assert "nothing is to be done for it any more" in page
    assert [changes(row) for row in rows] == [0, 0]
    assert not BulkAct.objects.exists()
    assert Entry.objects.filter(action="read", person__in=[row.person_id for row in [*rows, over]]).count() == 3


def test_looked_at_takes_applications_out_of_the_overdue_and_undo_puts_them_back(desk, coordinator):
    rows = [waiting(), waiting()]
    assert desk.get(f"{reverse('desk:applications')}?state=overdue").content.decode().count('name="pick"') == 2
    answer = send(desk, rows, "looked", confirmed="1")
    act = BulkAct.objects.get()
    assert answer["Location"] == f"{reverse('desk:bulk_done', args=[act.pk])}?list=1&state=submitted&page=2"
    assert 'name="pick"' not in desk.get(f"{reverse('desk:applications')}?state=overdue").content.decode()
    assert [changes(row) for row in rows] == [1, 1]
    page = desk.get(answer["Location"]).content.decode()
    assert "done for 2 applications" in page
    back = desk.post(f"{reverse('desk:bulk_undo', args=[act.pk])}?list=1&state=submitted&page=2")
    assert back["Location"] == f"{reverse('desk:applications')}?state=submitted&page=2"
    assert {row.last_action_at for row in Application.objects.all()} == {LONG_AGO}


def test_give_asks_to_whom_and_gives(desk, coordinator):
    colleague, elsewhere = make.a_coordinator("QC", name="Camille"), make.a_coordinator("ON", name="Oscar")
    row = waiting()
    page = send(desk, [row], "assign").content.decode()
    assert "Camille" in page
    assert "Oscar" not in page
    page = send(desk, [row], "assign", to=str(elsewhere.pk))
    assert page.status_code == 302, "not one of the choices"
    assert "Do it for 1 application" in send(desk, [row], "assign", to=str(colleague.pk)).content.decode()
    send(desk, [row], "assign", to=str(colleague.pk), confirmed="1")
    row.refresh_from_db()
    assert row.assigned_to == colleague
    send(desk, [row], "mine", confirmed="1")
    row.refresh_from_db()
    assert row.assigned_to == coordinator
    assert row.history.count() == 3
    send(desk, [row], "assign", to="nobody", confirmed="1")
    row.refresh_from_db()
    assert row.assigned_to is None


def test_mine_filters_the_list_and_shows_on_the_front_page(desk, coordinator):
    mine, other = waiting(assigned_to=coordinator), waiting()
    page = desk.get(f"{reverse('desk:applications')}?assigned=me").content.decode()
    assert mine.participant.reference in page
    assert other.participant.reference not in page
    page = desk.get(f"{reverse('desk:applications')}?assigned=nobody").content.decode()
    assert mine.participant.reference not in page
    assert other.participant.reference in page
    assert f"{reverse('desk:applications')}?assigned=me" in desk.get(reverse("desk:today")).content.decode()


def test_property_27_message_goes_to_those_who_said_that_it_is_safe_and_to_nobody_else(desk):
    safe = waiting()
    unsafe, quiet, no_consent, stale = waiting(), waiting(), waiting(), waiting()
    set_safe_contact(person=unsafe.participant.user, by=unsafe.participant.user, email_safe=False)
    set_safe_contact(person=quiet.participant.user, by=quiet.participant.user, email_safe=True, do_not_contact=True)
    make.disagree(no_consent.participant.user, "contact_email")
    choices = stale.participant.user.safe_contact
    choices.recheck_on = timezone.localdate() - timedelta(days=1)
    choices.save()
    everybody = [safe, unsafe, quiet, no_consent, stale]
    assert "Which message" in send(desk, everybody, "write").content.decode()
    page = send(desk, everybody, "write", template="check_details").content.decode()
    assert "Do it for 1 application" in page
    for words in ("e-mail is not safe", "asked not to be contacted", "has not agreed", "must first say again"):
        assert words in page
    assert not OutboxMessage.objects.exists()
    send(desk, everybody, "write", template="check_details", confirmed="1")
    message = OutboxMessage.objects.get()
    assert message.person_id == safe.person_id
    assert message.due_at > timezone.now() + timedelta(minutes=9), "can still be taken back"


def test_message_can_be_taken_back_until_it_leaves(desk):
    first, second = waiting(), waiting()
    send(desk, [first, second], "write", template="check_details", confirmed="1")
    OutboxMessage.objects.filter(person=second.person_id).update(state="sent")
    answer = desk.post(reverse("desk:bulk_undo", args=[BulkAct.objects.get().pk]), follow=True).content.decode()
    assert "Taken back for 1 application" in answer
    assert "1 stays as it is" in answer
    assert OutboxMessage.objects.get(person=first.person_id).state == "cancelled"
    assert OutboxMessage.objects.get(person=second.person_id).state == "sent"


def test_template_that_is_not_for_sending_by_hand_is_refused(coordinator):
    row = waiting()
    with pytest.raises(DomainError, match="not_by_hand"):
        carry_out(order=Order(BulkAction.WRITE, template="sign_in_code"), applications=[row.pk], by=coordinator)


def test_foreign_region_is_neither_shown_nor_touched(desk, coordinator):
    foreign = waiting("ON")
    page = send(desk, [foreign, waiting()], "looked").content.decode()
    assert foreign.participant.reference not in page
    with pytest.raises(Forbidden):
        carry_out(order=Order(BulkAction.LOOKED), applications=[foreign.pk], by=coordinator)


def test_undo_leaves_what_somebody_changed_since(coordinator):
    row, other = waiting(), waiting()
    act, _plan = carry_out(
        order=Order(BulkAction.ASSIGN, to=coordinator), applications=[row.pk, other.pk], by=coordinator
    )
    row.refresh_from_db()
    row.assigned_to = make.a_coordinator("QC")
    row.save(update_fields=["assigned_to"])
    assert take_back(act=act, by=coordinator) == 1
    row.refresh_from_db()
    assert row.assigned_to is not None
    with pytest.raises(DomainError, match="undone"):
        take_back(act=act, by=coordinator)


def test_undo_is_for_whoever_did_it(coordinator):
    act, _plan = carry_out(order=Order(BulkAction.LOOKED), applications=[waiting().pk], by=coordinator)
    with pytest.raises(Forbidden):
        take_back(act=act, by=make.a_coordinator("QC"))


@pytest.mark.parametrize(
    "data", [{}, {"pick": "x", "what": "looked"}, {"what": "looked"}, {"pick": ["1"], "what": "no"}]
)
def test_nothing_ticked_or_nonsense_goes_back_to_the_list(desk, data):
    waiting()
    answer = desk.post(f"{reverse('desk:bulk')}?list=1&state=submitted", data)
    assert answer["Location"] == f"{reverse('desk:applications')}?state=submitted"


def test_summary_of_a_message_costs_the_same_for_2_and_20(desk):
    def queries(rows) -> int:
        with CaptureQueriesContext(connection) as found:
            send(desk, rows, "write", template="check_details")
        return len(found)

    send(desk, [waiting()], "write", template="check_details")
    few = queries([waiting() for _number in range(2)])
    assert queries([waiting() for _number in range(20)]) == few


@pytest.mark.parametrize("action", ["assign", "looked", "write"])
def test_coordinator_who_left_the_region_takes_nothing_back_there(coordinator, action):
    """The role is asked again for each application, not only when the act was done."""
    row = waiting()
    order = Order(BulkAction(action), to=coordinator if action == "assign" else None, template="check_details")
    act, _plan = carry_out(order=order, applications=[row.pk], by=coordinator)
    coordinator.roles.all().delete()
    elsewhere = type(coordinator).objects.get(pk=make.with_role(coordinator, "coordinator", "ON").pk)
    before = Application.objects.get(pk=row.pk)
    assert take_back(act=act, by=elsewhere) == 0
    after = Application.objects.get(pk=row.pk)
    assert (after.assigned_to_id, after.last_action_at) == (before.assigned_to_id, before.last_action_at)
    assert not OutboxMessage.objects.filter(state="cancelled").exists()


def test_property_37_second_click_sends_a_message_to_nobody_twice(coordinator):
    row = waiting()
    order = Order(BulkAction.WRITE, template="check_details")
    act, _plan = carry_out(order=order, applications=[row.pk], by=coordinator)
    again, plan = carry_out(order=order, applications=[row.pk], by=coordinator)
    assert again is None
    assert [skip for _row, skip in plan.skipped] == ["already"]
    assert OutboxMessage.objects.filter(template="check_details").count() == 1
    take_back(act=act, by=coordinator)
    assert carry_out(order=order, applications=[row.pk], by=coordinator)[0] is not None
