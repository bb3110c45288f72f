"""The pages of invitations: of the person, of who leads, and of the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from groups.choices import InvitationState, LeadRole
from groups.models import Invitation
from groups.services import establish
from groups.services_inviting import answer, invite
from groups.services_offers import lapse_due
from intake.services_apart import note_apart
from psp.audit.models import Entry
from sessions.models import GroupSession
from tests import factories as make
from tests.browser import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC", language="en")


@pytest.fixture
def group(coordinator):
    return make.a_group(coordinator, language="en")


@pytest.fixture
def person(coordinator):
    return make.an_accepted_participant("QC", by=coordinator, language="en", name="Sam")


@pytest.fixture
def invitation(group, person, coordinator):
    return invite(group=group, participant=person, by=coordinator)


def browser(user):
    made = Browser()
    make.sign_in(made, user)
    return made


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def address(invitation, name="one", language="en") -> str:
    return reverse(f"my_invitations:{name}", args=[invitation.pk]).replace("/en/", f"/{language}/")


def test_the_front_page_says_first_that_an_answer_is_awaited(invitation, person):
    page = text_of(browser(person.user).get("/en/my/"))
    assert "A place is kept for you." in page
    assert address(invitation) in page


def test_the_page_tells_all_dates_on_the_own_clock_and_nothing_of_anybody(invitation, person, group, coordinator):
    make.add_lead(group=group, user=make.a_facilitator(name="Lou Animates"), role="facilitator", by=coordinator)
    person.user.time_zone = "America/Regina"
    person.user.save()
    page = text_of(browser(person.user).get(address(invitation)))
    # Saskatchewan keeps its clock: the last date comes after Toronto has changed its own.
    assert (page.count("6:00 p.m. to 7:30 p.m."), page.count("5:00 p.m. to 6:30 p.m.")) == (9, 1)
    assert "Saskatchewan time" in page
    assert "Lou Animates" not in page
    entry = Entry.objects.filter(model="groups.invitation", object_id=str(invitation.pk), action="read").get()
    assert (entry.person, entry.purpose) == (person.user_id, "own")


def test_yes_no_and_thinking_again(invitation, person, group, coordinator):
    make.add_lead(group=group, user=make.a_facilitator(name="Lou Animates"), role="facilitator", by=coordinator)
    me = browser(person.user)
    page = me.post(address(invitation), {"answer": "declined"}, follow=True)
    assert "You said no to this place" in text_of(page)
    page = me.post(address(invitation, "again"), follow=True)
    assert "A place is kept for you" in text_of(page)
    anew = Invitation.objects.open().get()
    page = me.post(address(anew), {"answer": "accepted"}, follow=True)
    assert "The place is yours" in text_of(page)
    assert "Lou Animates" in text_of(page)
    # The old one says what became of it, and offers nothing.
    assert "Take my answer back" not in text_of(me.get(address(invitation)))
    page = me.post(address(anew, "not_after_all"), follow=True)
    assert "You do not have this place any more" in text_of(page)


def test_another_time_and_a_lapse_in_french(invitation, person, group, coordinator):
    me = browser(person.user)
    page = me.post(address(invitation, language="fr"), {"answer": "other_time"}, follow=True)
    assert "Vous souhaitez un autre moment" in text_of(page)
    other = make.an_accepted_participant("QC", by=coordinator)
    late = invite(group=group, participant=other, by=coordinator)
    lapse_due(late.answer_by)
    page = text_of(browser(other.user).get(address(late, language="fr")))
    assert "Le temps pour répondre est passé" in page


def test_no_answer_and_a_second_answer_change_nothing(invitation, person):
    me = browser(person.user)
    assert me.post(address(invitation), {}).status_code == 409
    me.post(address(invitation), {"answer": "declined"})
    page = me.post(address(invitation), {"answer": "accepted"})
    assert page.status_code == 409
    assert "This invitation was answered or ended already" in text_of(page)


def test_gone_reads_the_same_whatever_the_reason(group, coordinator):
    """Taken back by a coordinator, or beside somebody not to meet: nobody can tell one from the other."""
    pages = []
    for reason in ("taken_back", "apart"):
        person = make.an_accepted_participant("QC", by=coordinator, language="en", name="Sam")
        made = invite(group=group, participant=person, by=coordinator)
        if reason == "apart":
            other = make.an_accepted_participant("QC", by=coordinator)
            answer(invitation=invite(group=group, participant=other, by=coordinator), answer="accepted", by=other.user)
            note_apart(participant=person, other=other.user, by=coordinator)
        else:
            group.refresh_from_db()
            Invitation.objects.filter(pk=made.pk).update(state=InvitationState.TAKEN_BACK, answered_at=timezone.now())
        me = browser(person.user)
        if reason == "apart":
            me.post(address(made), {"answer": "accepted"})
        found = text_of(me.get(address(made)))
        pages.append(found[found.index("<main") : found.index("</main>")].replace(str(made.pk), ""))
    assert "This place is not free any more" in pages[0]
    assert pages[0] == pages[1]


def test_dates_stand_as_soon_as_the_group_does(group, coordinator):
    people = [make.an_accepted_participant("QC", by=coordinator) for _number in range(5)]
    made = [invite(group=group, participant=one, by=coordinator) for one in people]
    lead = make.a_facilitator()
    asked = invite(group=group, user=lead, role=LeadRole.FACILITATOR, by=coordinator)
    me = browser(lead)
    assert "Would you lead a group?" in text_of(me.get("/en/lead/"))
    where = reverse("lead_invitations:one", args=[group.pk])
    assert text_of(me.get(where)).count("7:00 p.m. to 8:30 p.m.") == 10
    assert "You lead this group" in text_of(me.post(where, {"answer": "accepted"}, follow=True))
    for one in made[:4]:
        answer(invitation=one, answer="accepted", by=one.participant.user)
    establish(group=group, by=coordinator)
    assert GroupSession.objects.filter(group=group).count() == 10
    asked.refresh_from_db()
    made[4].refresh_from_db()
    assert (asked.state, made[4].state) == (InvitationState.ACCEPTED, InvitationState.TAKEN_BACK)


def test_who_leads_may_think_again(group, coordinator):
    lead = make.a_facilitator()
    invite(group=group, user=lead, role=LeadRole.FACILITATOR, by=coordinator)
    me, where = browser(lead), reverse("lead_invitations:one", args=[group.pk])
    assert "You said no to this group" in text_of(me.post(where, {"answer": "declined"}, follow=True))
    page = me.post(reverse("lead_invitations:again", args=[group.pk]), follow=True)
    assert "Would you lead this group?" in text_of(page)


def test_the_desk_invites_reminds_writes_down_and_takes_back(group, coordinator, person):
    desk = browser(coordinator)
    desk.post(reverse("desk:group_invite", args=[group.pk]), {"participant": person.pk})
    made = Invitation.objects.open().get(participant=person)
    page = text_of(desk.get(reverse("desk:group", args=[group.pk])))
    assert "Invitations (1 without an answer)" in page
    assert "Sam" in page
    assert "Invited" in text_of(desk.get(reverse("desk:group_add", args=[group.pk])))
    desk.post(reverse("desk:invitation_remind", args=[made.pk]))
    made.refresh_from_db()
    assert made.reminded_at is not None
    assert desk.post(reverse("desk:invitation_remind", args=[made.pk])).status_code == 409
    desk.post(reverse("desk:invitation_answer", args=[made.pk]), {"answer": "other_time"})
    made.refresh_from_db()
    assert made.state == InvitationState.OTHER_TIME
    assert "People who wish for another time" in text_of(desk.get("/en/desk/"))
    desk.post(reverse("desk:group_invite", args=[group.pk]), {"participant": person.pk})
    # Asked anew: the wish waits for nobody any more.
    page = text_of(desk.get("/en/desk/"))
    assert "People who wish for another time" not in page
    assert "1 person has not answered yet" in page
    anew = Invitation.objects.open().get(participant=person)
    desk.post(reverse("desk:invitation_take_back", args=[anew.pk]))
    anew.refresh_from_db()
    assert anew.state == InvitationState.TAKEN_BACK
    lead = make.a_facilitator()
    desk.post(reverse("desk:lead_invite", args=[group.pk]), {"user": lead.pk, "role": "facilitator"})
    assert Invitation.objects.open().get(user=lead).role == "facilitator"
    page = desk.post(reverse("desk:lead_invite", args=[group.pk]), {"user": lead.pk, "role": "facilitator"})
    assert "asked to lead this group already" in text_of(page)


def test_the_desk_hears_that_nobody_fits_a_free_place(group, coordinator, person, invitation):
    answer(invitation=invitation, answer="declined", by=person.user)
    Invitation.objects.filter(pk=invitation.pk).update(answered_at=timezone.now() - timedelta(hours=1))
    page = text_of(browser(coordinator).get(reverse("desk:group", args=[group.pk])))
    assert "nobody who waits fits this group" in page


def test_the_groups_page_asks_the_database_as_often_for_many_invitations_as_for_few(group, coordinator, invitation):
    desk, where = browser(coordinator), reverse("desk:group", args=[group.pk])
    desk.get(where)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get(where)
        return len(queries)

    few = asked()
    for _number in range(6):
        invite(group=group, participant=make.an_accepted_participant("QC", by=coordinator), by=coordinator)
    assert asked() == few
