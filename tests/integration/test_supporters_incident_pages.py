"""The pages of incidents: what each part shows, what it never shows, and what a form keeps that has to be mended."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import GroupLead
from intake.models import KeepApart
from psp.audit.models import Entry
from psp.audit.quiet import quiet_models
from psp.choices import Role
from psp.models import RoleAssignment, User
from sessions.models import Cover, GroupSession
from supporters.incidents.models import Incident, Lesson
from supporters.incidents.services_steps import bring_in, keep_apart, take_step
from tests import factories as make
from tests.browser import Browser
from tests.incidents import a_lead, a_led_group, a_supervisor, a_taken_incident, an_incident, everybody_else, members_of

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "Canari-De-La-Note"


def browser_of(user: User) -> Browser:
    browser = Browser()
    make.sign_in(browser, user)
    return browser


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


class World:
    """A group in Quebec with two members, its lead, and everybody who may get a part."""

    def __init__(self) -> None:
        self.coordinator, self.supervisor = make.a_coordinator("QC"), a_supervisor()
        self.lead = a_lead(supervisor=self.supervisor)
        self.group = a_led_group(self.coordinator, self.lead)
        self.one, self.two = (member.user for member in members_of(self.group))
        self.session = GroupSession.objects.create(
            group=self.group, number=1, starts_at=timezone.now() - timedelta(hours=2),
            ends_at=timezone.now() - timedelta(hours=1),
        )  # fmt: skip

    def report(self, kind: str = "recognised", **fields) -> Incident:
        return an_incident(self.lead, kind, people=[self.one, self.two], group=self.group.pk, note=CANARY, **fields)

    def typed(self, **fields) -> dict:
        clock = timezone.localtime(timezone.now() - timedelta(minutes=5))
        return {
            "kind": "risk", "occasion": f"{self.group.pk}:{self.session.pk}", "sent_key": str(uuid4()),
            "happened_at": clock.strftime("%Y-%m-%dT%H:%M"), "note": CANARY, "needs": ["call"],
            "people": [str(self.one.pk)],
        } | fields  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


class TestReporting:
    def test_whom_to_call_stands_above_the_first_question(self, world):
        page = text(browser_of(world.lead).get("/en/lead/matters/report/"))
        assert page.index("tel:911") < page.index('name="kind"')
        assert page.index("help-lines") < page.index('name="kind"')

    def test_session_that_one_comes_from_is_chosen_already(self, world):
        page = text(browser_of(world.lead).get(f"/en/lead/matters/report/?session={world.session.pk}"))
        assert f'value="{world.group.pk}:{world.session.pk}" selected' in page
        assert "?session=" in text(browser_of(world.lead).get(reverse("lead:session", args=[world.session.pk])))

    def test_report_is_sent_with_a_few_taps_and_twice_is_as_once(self, world):
        me, typed = browser_of(world.lead), world.typed()
        for _click in range(2):
            answer = me.post("/en/lead/matters/report/", typed)
            assert answer.status_code == 302
        made = Incident.objects.get()
        assert answer["Location"] == f"/en/lead/matters/{made.pk}/"
        assert (made.note, made.needs, made.session) == (CANARY, ["call"], world.session.pk)
        assert set(made.people.values_list("user", flat=True)) == {world.lead.pk, world.one.pk}
        assert "It went at once to: The supervisor of whoever reports" in text(me.get(answer["Location"]))

    def test_report_that_reaches_nobody_does_not_say_that_it_did(self, world):
        RoleAssignment.objects.exclude(user=world.lead).delete()
        me = browser_of(world.lead)
        page = text(me.get(me.post("/en/lead/matters/report/", world.typed())["Location"]))
        assert "It went at once to" not in page
        assert "nobody is there to whom it could go now" in page

    def test_what_was_typed_is_kept_where_something_has_to_be_mended(self, world):
        tomorrow = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        for wrong in ({"kind": ""}, {"happened_at": tomorrow}):
            page = text(browser_of(world.lead).post("/en/lead/matters/report/", world.typed(**wrong)))
            assert CANARY in page
            assert "What you typed is still here." in page
        assert not Incident.objects.exists()

    def test_lead_is_offered_the_own_members_by_chosen_name_and_nobody_else(self, world):
        elsewhere = make.a_participant("QC", name="Personne-Ailleurs")
        page = text(browser_of(world.lead).get("/en/lead/matters/report/"))
        assert world.one.name in page
        assert world.coordinator.name in page
        assert elsewhere.user.name not in page
        for member in members_of(world.group):
            assert member.reference not in page
        answer = browser_of(world.lead).post("/en/lead/matters/report/", world.typed(people=[str(elsewhere.user_id)]))
        assert answer.status_code == 200
        assert not Incident.objects.exists()

    def test_coordinator_names_people_by_reference(self, world):
        me, member = browser_of(world.coordinator), members_of(world.group)[0]
        typed = world.typed(occasion="none", region="QC", people=[], references=member.reference.lower())
        assert me.post("/en/desk/matters/report/", typed).status_code == 302
        assert Incident.objects.get().people.filter(user=member.user).exists()
        other = make.a_participant("ON")
        page = me.post("/en/desk/matters/report/", typed | {"references": other.reference, "sent_key": str(uuid4())})
        assert f"Nobody in your regions has the reference {other.reference}" in text(page)

    def test_supervisor_says_the_region(self, world):
        me = browser_of(world.supervisor)
        typed = world.typed(occasion="none", people=[str(world.lead.pk)])
        assert "Choose the region." in text(me.post("/en/care/matters/report/", typed))
        assert me.post("/en/care/matters/report/", typed | {"region": "QC"}).status_code == 302

    def test_form_is_in_french_too(self, world):
        page = text(browser_of(world.lead).get("/fr/lead/matters/report/"))
        assert "Une personne pourrait être en danger" in page
        assert "Somebody may be at risk" not in page


class TestSight:
    def pages(self, made: Incident) -> dict[str, str]:
        return {area: f"/en/{area}/matters/{made.pk}/" for area in ("lead", "care", "desk", "privacy")}

    def test_nobody_without_a_part_finds_it_anywhere(self, world):
        made = world.report()
        others = everybody_else() | {
            "member": world.one, "officer": make.a_privacy_officer(), "another supervisor": a_supervisor(),
        }  # fmt: skip
        for who, user in others.items():
            browser = browser_of(user)
            for area, path in self.pages(made).items():
                assert browser.get(path).status_code in (403, 404), (who, area)
                listed = browser.get(f"/en/{area}/matters/")
                assert str(made.pk) not in listed.content.decode(), (who, area)

    def test_administration_knows_the_kinds_and_no_incident(self, world):
        world.report()
        browser = browser_of(make.with_role(make.a_user(), Role.ADMINISTRATOR))
        page = browser.get("/admin/supporters/incidentkind/risk/change/")
        assert page.status_code == 200
        assert CANARY not in page.content.decode()
        assert browser.get("/admin/supporters/incident/").status_code == 404

    def test_log_of_administrators_does_not_tell_that_somebody_reported_or_asked_for_help(self, world):
        made = world.report()
        told = Entry.objects.filter(model="supporters.incident", object_id=str(made.pk))
        browser = browser_of(make.with_role(make.a_user(), Role.ADMINISTRATOR))
        for address in ("/admin/audit/entry/", f"/admin/audit/entry/?q={made.reporter_id}"):
            page = browser.get(address).content.decode()
            assert "supporters.incident" not in page
            assert str(made.pk) not in page
        assert browser.get(f"/admin/audit/entry/{told.get().pk}/change/").status_code == 302
        assert len(quiet_models()) > 5

    @pytest.mark.parametrize("area", ["desk", "care", "lead"])
    def test_each_part_reads_the_note_and_leaves_a_row_in_the_log(self, world, area):
        made = world.report()
        user = {"desk": world.coordinator, "care": world.supervisor, "lead": world.lead}[area]
        before = Entry.objects.filter(action="read", model="supporters.incident", object_id=str(made.pk)).count()
        assert CANARY in text(browser_of(user).get(self.pages(made)[area]))
        after = Entry.objects.filter(action="read", model="supporters.incident", object_id=str(made.pk))
        assert after.count() == before + 1
        assert after.order_by("-id")[0].purpose == ("own" if area == "lead" else "care")

    def test_coordinator_reads_names_and_the_log_of_the_person_tells_of_a_file_only(self, world):
        made, members = world.report(), members_of(world.group)
        page = text(browser_of(world.coordinator).get(self.pages(made)["desk"]))
        assert all(member.user.name in page and member.reference in page for member in members)
        rows = Entry.objects.filter(person=members[0].user_id, actor=world.coordinator.pk, action="read")
        assert [row.model for row in rows] == ["intake.participant"]

    def test_supervisor_and_privacy_officer_do_not_read_who_the_participants_are(self, world):
        officer = make.a_privacy_officer()
        made = world.report()
        bring_in(incident=made, by=world.coordinator, user=officer)
        for user, area in ((world.supervisor, "care"), (officer, "privacy")):
            page = text(browser_of(user).get(self.pages(made)[area]))
            assert "Somebody of the group (2)" in page
            for member in members_of(world.group):
                assert member.user.name not in page
                assert member.reference not in page

    def test_whoever_reported_reads_own_words_and_no_step_of_others(self, world):
        made = a_taken_incident(world.lead, world.coordinator, "place", note=CANARY)
        take_step(incident=made, by=world.coordinator, code="mend")
        page = text(browser_of(world.lead).get(self.pages(made)["lead"]))
        assert CANARY in page
        assert f"{world.coordinator.name} takes care of it" in page
        assert "Have it repaired" not in page
        assert "Close it" not in page

    def test_that_two_must_not_meet_is_said_to_coordinators_of_the_region_alone(self, world):
        made = world.report()
        browser_of(world.coordinator).post(self.pages(made)["desk"] + "take/", {"instead_of": ""})
        keep_apart(incident=made, by=world.coordinator, one=world.one, other=world.two)
        noted = "Two people are noted as not to meet"
        assert noted in text(browser_of(world.coordinator).get(self.pages(made)["desk"]))
        for user, area in ((world.lead, "lead"), (world.supervisor, "care")):
            page = text(browser_of(user).get(self.pages(made)[area]))
            assert "A measure was taken" in page
            assert "not to meet" not in page
            assert "must not meet" not in page


class TestWorking:
    def act(self, user: User, made: Incident, what: str, area: str = "desk", **typed):
        return browser_of(user).post(f"/en/{area}/matters/{made.pk}/{what}/", typed)

    def test_from_taking_to_closing_by_the_page(self, world):
        made, me = world.report(), world.coordinator
        for what, typed in (
            ("take", {"instead_of": ""}), ("take-step", {"code": "safe_contact"}),
            ("step", {"step-words": "Ask.", "step-owner": str(me.pk), "step-due_on": str(timezone.localdate())}),
            ("apart", {"apart-one": str(world.one.pk), "apart-other": str(world.two.pk)}),
        ):  # fmt: skip
            assert self.act(me, made, what, **typed).status_code == 302, what
        assert KeepApart.objects.between(world.one.pk, [world.two.pk]).exists()
        for step in made.steps.all():
            self.act(me, made, "step-act", step=str(step.pk), to="done")
        refused = self.act(me, made, "close", **{"close-changes": ["forming"], "close-words": "Typed already"})
        assert "Somebody was not offered a talk yet" in text(refused)
        assert "Typed already" in text(refused)
        for person in made.people.all():
            self.act(me, made, "follow-up", person=str(person.pk), to="offered")
        assert self.act(me, made, "close", **{"close-changes": ["forming"], "close-words": "Ask."}).status_code == 302
        assert Incident.objects.get().state == "closed"
        assert self.act(me, made, "reopen").status_code == 302
        assert Incident.objects.get().state == "follow_up"

    def test_change_of_lead_by_the_page(self, world):
        made = world.report()
        self.act(world.coordinator, made, "take", instead_of="")
        answer = self.act(world.coordinator, made, "end_lead", **{"end_lead-user": str(world.lead.pk)})
        assert answer.status_code == 302
        assert not GroupLead.objects.filter(group=world.group).exists()

    def test_somebody_else_for_the_coming_sessions_by_the_page(self, world):
        made = world.report()
        self.act(world.coordinator, made, "take", instead_of="")
        who = {"cover-user": str(world.lead.pk)}
        assert "No session of this group is still to come" in text(self.act(world.coordinator, made, "cover", **who))
        starts = timezone.now() + timedelta(days=2)
        GroupSession.objects.create(group=world.group, number=2, starts_at=starts, ends_at=starts + timedelta(hours=1))
        assert self.act(world.coordinator, made, "cover", **who).status_code == 302
        cover = Cover.objects.get(lead=world.lead)
        assert (cover.state, cover.decided) == ("open", True)
        assert GroupLead.objects.filter(group=world.group, user=world.lead).exists()
        assert made.measures.get().kind == "cover"
        page = text(browser_of(world.lead).get(f"/en/lead/sessions/{cover.session_id}/"))
        assert "Somebody else leads this session" in page
        assert "I can lead it after all" not in page
        desk = browser_of(world.coordinator)
        assert "leads it after all" in text(desk.get(f"/en/desk/covers/{cover.pk}/"))
        assert desk.post(f"/en/desk/covers/{cover.pk}/theirs/").status_code == 302
        assert Cover.objects.get().state == "not_needed"

    def test_second_one_to_take_it_reads_who_does(self, world):
        made, other = world.report(), make.a_coordinator("QC")
        self.act(world.coordinator, made, "take", instead_of="")
        answer = self.act(other, made, "take", instead_of="")
        assert answer.status_code == 409
        assert f"{world.coordinator.name} takes care of it already" in text(answer)

    @pytest.mark.parametrize(
        ("what", "typed"),
        [
            ("follow-up", {}), ("follow-up", {"person": "x"}), ("step-act", {}), ("step-act", {"step": "0"}),
            ("nonsense", {}), ("follow-up", {"person": "99999999"}),
        ],
    )  # fmt: skip
    def test_what_makes_no_sense_changes_nothing(self, world, what, typed):
        made = world.report()
        assert self.act(world.coordinator, made, what, **typed).status_code == 302
        assert Incident.objects.get().state == "reported"

    @pytest.mark.parametrize("what", ["take", "take-step", "reopen", "breach"])
    def test_whoever_only_reported_is_refused(self, world, what):
        made = world.report()
        answer = self.act(world.lead, made, what, area="lead", instead_of="", code="safe_contact")
        assert answer.status_code == 403
        assert Incident.objects.get().state == "reported"

    def test_line_of_another_incident_is_not_reached_through_ones_own(self, world):
        mine, theirs = world.report(), an_incident(a_lead("ON"), "limits")
        person = theirs.people.get()
        self.act(world.coordinator, mine, "follow-up", person=str(person.pk), to="offered")
        person.refresh_from_db()
        assert person.follow_up == "open"

    def test_whoever_reported_declines_a_talk_on_the_phone(self, world):
        made = world.report()
        own = made.people.get(user=world.lead)
        self.act(world.lead, made, "follow-up", area="lead", person=str(own.pk), to="declined")
        own.refresh_from_db()
        assert own.follow_up == "declined"

    def test_breach_leads_to_the_register(self, world):
        officer = make.a_privacy_officer()
        made = a_taken_incident(world.lead, officer, "breach")
        page = text(browser_of(officer).get(f"/en/privacy/matters/{made.pk}/"))
        assert reverse("privacy:breach_record") in page
        self.act(officer, made, "breach", area="privacy")
        assert "It is in the record of breaches" in text(browser_of(officer).get(f"/en/privacy/matters/{made.pk}/"))


class TestFrontPages:
    def test_what_waits_and_what_is_late_stands_on_the_front_page_of_each(self, world):
        world.report()
        assert "1 waits for somebody to take care of it" in text(browser_of(world.coordinator).get("/en/desk/"))
        assert "1 waits for somebody to take care of it" in text(browser_of(world.supervisor).get("/en/care/"))
        officer = make.a_privacy_officer()
        an_incident(world.lead, "breach")
        assert "1 waits for somebody to take care of it" in text(browser_of(officer).get("/en/privacy/"))
        for user, path in ((make.a_coordinator("ON"), "/en/desk/"), (a_supervisor(), "/en/care/")):
            assert "to take care of it" not in text(browser_of(user).get(path))

    def test_late_step_rises_on_its_owners_front_page(self, world):
        made = world.report()
        for user, area in ((world.coordinator, "desk"), (world.supervisor, "care")):
            browser_of(user).post(f"/en/{area}/matters/{made.pk}/take/", {"instead_of": made.taken_by_id or ""})
            made.refresh_from_db()
            code = {"desk": "protect", "care": "other_group"}[area]
            step = take_step(incident=made, by=user, code=code)
            type(step).objects.filter(pk=step.pk).update(due_on=timezone.localdate() - timedelta(days=1))
            assert "1 step of yours is late" in text(browser_of(user).get(f"/en/{area}/"))

    def test_card_of_a_coordinator_does_not_tell_of_what_touches_them(self, world):
        an_incident(world.lead, "place", people=[world.coordinator])
        assert "to take care of it" not in text(browser_of(world.coordinator).get("/en/desk/"))

    def test_page_for_me_leads_to_reporting(self, world):
        assert "/en/lead/matters/" in text(browser_of(world.lead).get("/en/lead/me/"))


class TestReview:
    def lesson(self, world: World, **fields) -> Lesson:
        made = a_taken_incident(world.lead, world.coordinator, "place", note=CANARY, group=world.group.pk, **fields)
        for person in made.people.all():
            person.follow_up = "offered"
            person.save()
        browser_of(world.coordinator).post(
            f"/en/desk/matters/{made.pk}/close/", {"close-changes": ["place"], "close-words": "Two keys."}
        )
        return Lesson.objects.get(incident=made)

    def test_review_tells_what_changed_and_nobody(self, world):
        self.lesson(world, near_miss=True)
        for user, area in ((world.supervisor, "care"), (make.a_privacy_officer(), "privacy")):
            page = text(browser_of(user).get(f"/en/{area}/matters/review/"))
            assert "Trouble with the place or the equipment" in page
            assert "Near-miss" in page
            assert "Two keys." in page
            for telling in (CANARY, world.lead.name, world.one.name, str(world.group), world.coordinator.name):
                assert telling not in page

    def test_review_is_filtered_by_year(self, world):
        lesson = self.lesson(world)
        Lesson.objects.create(kind=lesson.kind, month=lesson.month.replace(year=2024), changes=["training"])
        me = browser_of(world.supervisor)
        this, then = text(me.get("/en/care/matters/review/")), text(me.get("/en/care/matters/review/?year=2024"))
        assert "Two keys." in this
        assert "The training" not in this
        assert "The training" in then
        assert "Two keys." not in then
        assert "Two keys." in text(me.get("/en/care/matters/review/?year=20x4"))

    @pytest.mark.parametrize(
        "who", ["coordinator elsewhere", "analyst", "administrator", "another lead", "participant"]
    )
    def test_review_is_closed_to_everybody_else(self, world, who):
        browser = browser_of(everybody_else()[who])
        for area in ("care", "privacy"):
            assert browser.get(f"/en/{area}/matters/review/").status_code == 403


def test_list_asks_a_fixed_number_of_questions(world, django_assert_max_num_queries):
    me = browser_of(world.coordinator)
    for _one in range(3):
        world.report()
    with django_assert_max_num_queries(25) as few:
        me.get("/en/desk/matters/")
    for _one in range(9):
        world.report()
    with django_assert_max_num_queries(len(few.captured_queries)):
        me.get("/en/desk/matters/")
