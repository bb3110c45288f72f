"""The pages of joining: what each of them shows, to whom, and in which words."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import Membership, PeerGroup
from psp.audit.models import Entry
from psp.choices import Kind, Role
from psp.models import User
from supporters.choices import Outcome, ReadyFor, SupporterState
from supporters.joining.services_interest import say_interest, take_up
from supporters.joining.services_opening import open_accounts
from supporters.joining.services_readiness import comment_readiness
from supporters.models import FormerAgreement, Interest, Pairing, Readiness, Supporter
from tests import factories, matrix
from tests.browser import Browser
from tests.factories import sign_in
from tests.integration.signing_in import give_password, with_password
from tests.joining import ADDRESS, NAME, a_conversation, a_supervisor, an_interest, somebody_joining

pytestmark = pytest.mark.django_db

CANARY = "the canary sings at night"


def browser_of(user: User) -> Browser:
    browser = Browser()
    sign_in(browser, user)
    return browser


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


@pytest.fixture
def supervisor():
    return a_supervisor()


class TestPortal:
    def test_person_says_it_sees_it_and_takes_it_back(self):
        me = factories.a_participant(language="en")
        browser = browser_of(me.user)
        assert "I think of it" in text(browser.get("/en/my/giving-back/"))
        answer = browser.post("/en/my/giving-back/", {"name": NAME, "address": ADDRESS}, follow=True)
        assert "You said that you think of it" in text(answer)
        assert Interest.objects.get().name == NAME
        assert "Take it back now" in text(browser.get("/en/my/giving-back/take-back/"))
        assert "Nothing of it is kept" in text(browser.post("/en/my/giving-back/take-back/", {}, follow=True))
        assert not Interest.objects.exists()
        # Sent twice, it is taken back once.
        assert browser.post("/en/my/giving-back/take-back/", {}).status_code == 302

    @pytest.mark.parametrize(
        ("language", "words"), [("en", "Your group comes first"), ("fr", "Votre groupe passe en premier")]
    )
    def test_group_comes_first_and_there_is_no_form(self, language, words):
        me = factories.a_participant()
        Membership.objects.create(group=factories.a_formal_group(factories.a_coordinator()), participant=me)
        page = text(browser_of(me.user).get(f"/{language}/my/giving-back/"))
        assert words in page
        assert 'name="address"' not in page

    def test_day_stands_there_while_the_time_runs(self):
        me = factories.a_participant()
        group = factories.a_formal_group(factories.a_coordinator(), members=3)
        Membership.objects.create(group=group, participant=me)
        PeerGroup.objects.filter(pk=group.pk).update(state="established", established_at=timezone.now())
        Membership.objects.filter(participant=me).update(state="left", left_at=timezone.now())
        page = text(browser_of(me.user).get("/en/my/giving-back/"))
        day = timezone.localdate() + timedelta(days=365)
        assert f'datetime="{day.isoformat()}"' in page
        # Now that a group is behind them, the portal has a quiet line; whoever never was in one sees none.
        assert "/en/my/giving-back/" in text(browser_of(me.user).get("/en/my/"))
        assert "/en/my/giving-back/" not in text(browser_of(factories.a_participant().user).get("/en/my/"))

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", "Choose another name than the one you use here"), ("fr", "Choisissez un autre nom que celui")],
    )
    def test_error_says_how_to_mend_and_keeps_what_was_typed(self, language, words):
        me = factories.a_participant(name="Renée")
        page = text(browser_of(me.user).post(f"/{language}/my/giving-back/", {"name": "renee", "address": ADDRESS}))
        assert words in page
        assert f'value="{ADDRESS}"' in page
        assert not Interest.objects.exists()

    def test_once_it_went_on_the_page_says_so_and_nothing_of_the_new_account(self, supervisor):
        me = factories.a_participant()
        take_up(interest=say_interest(by=me.user, name=NAME, address=ADDRESS), by=supervisor)
        assert "Within the hour" in text(browser_of(me.user).get("/en/my/giving-back/"))
        open_accounts(timezone.now())
        page = text(browser_of(me.user).get("/en/my/giving-back/"))
        assert "It went on" in page
        assert NAME not in page
        assert ADDRESS not in page


class TestSupervisor:
    def test_list_shows_the_new_name_and_never_who_said_it(self, supervisor):
        me = factories.a_participant(name="Canary Bird", email="canary@example.org")
        say_interest(by=me.user, name=NAME, address=ADDRESS)
        page = text(browser_of(supervisor).get("/en/care/joining/"))
        assert NAME in page
        for telling in ("Canary Bird", "canary@example.org", ADDRESS, me.reference, str(me.pk), str(me.user_id)):
            assert telling not in page

    def test_list_leaves_a_line_in_the_log_of_whom_it_shows(self, supervisor):
        me, joining = factories.a_participant(), somebody_joining()
        say_interest(by=me.user, name=NAME, address=ADDRESS)
        browser_of(supervisor).get("/en/care/joining/")
        read = Entry.objects.filter(action="read", actor=supervisor.pk, purpose="care")
        assert set(read.values_list("person", flat=True)) == {me.user_id, joining.pk}

    def test_interest_goes_on_and_is_left_again(self, supervisor):
        interest = an_interest(supervisor)
        browser = browser_of(supervisor)
        page = text(browser.post(reverse("care:interest_take_up", args=[interest.pk]), {}, follow=True))
        assert "The account is opened within the hour." in page
        again = text(browser.post(reverse("care:interest_take_up", args=[interest.pk]), {}, follow=True))
        assert "taken up already" in again
        page = text(browser.post(reverse("care:interest_leave", args=[interest.pk]), {}, follow=True))
        assert "Take it up" in page

    def test_interest_of_somebody_from_outside_is_noted_and_deleted(self, supervisor):
        browser = browser_of(supervisor)
        form = {"name": NAME, "address": ADDRESS, "language": "fr", "program_region": "ON"}
        assert NAME in text(browser.post("/en/care/joining/note/", form, follow=True))
        interest = Interest.objects.get()
        browser.post(reverse("care:interest_drop", args=[interest.pk]), {})
        assert not Interest.objects.exists()

    def test_noting_without_a_word_names_every_field(self, supervisor):
        page = text(browser_of(supervisor).post("/en/care/joining/note/", {"name": ""}))
        for anchor in ("id_name", "id_address", "div_id_language", "id_program_region"):
            assert f'href="#{anchor}"' in page

    def test_conversation_is_noted_on_one_page_and_read_by_the_person(self, supervisor):
        joining = somebody_joining(language="en")
        browser = browser_of(supervisor)
        page = text(browser.get(reverse("care:readiness", args=[joining.pk])))
        assert "Support in place" in page
        form = {
            "ready_for": "training", "held_on": timezone.localdate().isoformat(), "outcome": "not_now",
            "look_again_on": (timezone.localdate() + timedelta(days=20)).isoformat(), "would_help": CANARY,
            "about_support": "A sister", "key": re.search(r'name="key" value="([^"]+)"', page)[1],
        }  # fmt: skip
        for _time in range(2):
            assert CANARY in text(browser.post(reverse("care:readiness", args=[joining.pk]), form, follow=True))
        assert Readiness.objects.count() == 1
        page = text(browser_of(joining.user).get("/en/lead/joining/"))
        for word in (CANARY, "A sister", "Not now", "Support in place"):
            assert word in page

    def test_not_now_without_a_day_is_said_at_its_field(self, supervisor):
        joining = somebody_joining()
        form = {"ready_for": "training", "held_on": timezone.localdate().isoformat(), "outcome": "not_now"}
        page = text(browser_of(supervisor).post(reverse("care:readiness", args=[joining.pk]), form))
        assert 'href="#id_look_again_on"' in page

    def test_correction_and_undo_within_a_day(self, supervisor):
        joining = somebody_joining()
        row = a_conversation(joining.user, supervisor, talked_about='{"support": "A sister"}')
        browser = browser_of(supervisor)
        page = text(browser.get(reverse("care:readiness_change", args=[row.pk])))
        assert "A sister" in page
        form = {"held_on": timezone.localdate().isoformat(), "outcome": "ready", "would_help": "Tea"}
        assert "corrected" in text(browser.post(reverse("care:readiness_change", args=[row.pk]), form, follow=True))
        assert "taken back" in text(browser.post(reverse("care:readiness_withdraw", args=[row.pk]), {}, follow=True))
        assert not Readiness.objects.exists()
        Readiness.objects.bulk_create([row])
        Readiness.objects.filter(pk=row.pk).update(made_at=timezone.now() - timedelta(days=2))
        answer = browser.get(reverse("care:readiness_change", args=[row.pk]), follow=True)
        assert "more than a day ago" in text(answer)

    def test_other_supervisor_sees_the_outcome_and_the_day_alone(self, supervisor):
        joining = somebody_joining()
        row = a_conversation(joining.user, supervisor, would_help=CANARY, talked_about=f'{{"hard": "{CANARY}"}}')
        comment_readiness(readiness=row, by=joining.user, comment=CANARY)
        other = browser_of(a_supervisor())
        page = text(other.get(reverse("care:joiner", args=[joining.pk])))
        assert str(Outcome.READY.label) in page
        assert CANARY not in page
        for name in ("readiness_change", "readiness_withdraw"):
            assert other.post(reverse(f"care:{name}", args=[row.pk]), {}).status_code == 404

    def test_look_again_rises_on_the_list_and_on_the_first_page(self, supervisor):
        joining = somebody_joining()
        row = a_conversation(joining.user, supervisor, ready=False)
        browser = browser_of(supervisor)
        assert "Time to look again" not in text(browser.get("/en/care/joining/"))
        day = timezone.localdate()
        Readiness.objects.filter(pk=row.pk).update(held_on=day - timedelta(days=9), look_again_on=day)
        assert "Time to look again" in text(browser.get("/en/care/joining/"))
        assert "look again with 1 person" in text(browser.get("/en/care/"))

    def test_role_begins_and_ends_with_a_button(self, supervisor):
        joining = somebody_joining(supervisor=supervisor)
        for step in ReadyFor.values:
            a_conversation(joining.user, supervisor, step=step)
        browser = browser_of(supervisor)
        assert "The role begins" in text(browser.get(reverse("care:joiner", args=[joining.pk])))
        browser.post(reverse("care:begin_leading", args=[joining.pk]), {})
        assert joining.user.roles.get().role == Role.SUPPORTER
        assert "No reason is asked" in text(browser.get(reverse("care:end_role", args=[joining.pk])))
        browser.post(reverse("care:end_role", args=[joining.pk]), {})
        assert Supporter.objects.get(pk=joining.pk).state == SupporterState.ENDED

    def test_role_that_began_of_somebody_without_a_supervisor_leads_back_to_the_list(self, supervisor):
        joining = somebody_joining()
        for step in ReadyFor.values:
            a_conversation(joining.user, supervisor, step=step)
        answer = browser_of(supervisor).post(reverse("care:begin_leading", args=[joining.pk]), {})
        assert answer["Location"] == "/en/care/joining/"

    def test_supervisor_who_supports_others_too_is_not_on_their_own_page(self):
        both = a_supervisor(kind=Kind.SUPPORTER)
        Supporter.objects.create(user=both, program_region_id="QC")
        browser = browser_of(both)
        for name in ("joiner", "readiness", "end_role"):
            assert browser.get(reverse(f"care:{name}", args=[both.pk])).status_code == 404


# What somebody may open who has an account of a supporter and no role: what everybody may, their own way, and the
# agreement that they are asked to read.
OWN_WAY = {"lead:joining", "lead:end_role", "lead:come_back", "lead:readiness_comment"}


class TestOnTheWay:
    def test_account_without_a_role_opens_its_own_way_and_nothing_else(self, supervisor):
        world = matrix.a_world()
        joining = somebody_joining()
        world.accounts["joining"] = matrix.with_factor(joining.user)
        browser, opened = browser_of(joining.user), set()
        for name in matrix.named_routes():
            rule = matrix.rule_of(name)
            # The administrators' site asks everybody else to sign in, whatever the page.
            if rule is None or rule.who >= matrix.TEAM or name.startswith("admin:"):
                continue
            path = reverse(name, args=rule.of(world) if rule.of else ())
            answer = browser.post(path, {}) if rule.method == "post" else browser.get(path)
            if answer.status_code not in (302, 403, 404):
                opened.add(name)
        # What is somebody else's in the world is not to be found (404), so their own comment is tried below.
        learning = {name for name in opened if name.startswith("lead:training")}
        assert "lead:training" in learning
        assert opened - learning == {"lead:joining", "lead:end_role", "lead:agreement"}

    def test_signing_in_leads_to_the_own_way(self):
        joining = somebody_joining(language="fr")
        answer = browser_of(joining.user).get("/fr/me/")
        assert answer["Location"] == "/fr/lead/joining/"
        assert "Mon parcours" in text(browser_of(joining.user).get("/fr/lead/joining/"))

    def test_second_factor_is_needed_before_anything_else(self):
        joining = somebody_joining()
        browser = Browser()
        give_password(browser, with_password(joining.user))
        assert browser.get("/en/lead/joining/")["Location"] == "/accounts/enrol/"

    def test_comment_is_kept_and_read_by_whoever_held_the_conversation(self, supervisor):
        joining = somebody_joining()
        row = a_conversation(joining.user, supervisor)
        path = reverse("lead:readiness_comment", args=[row.pk])
        assert CANARY in text(browser_of(joining.user).post(path, {"comment": CANARY}, follow=True))
        assert CANARY in text(browser_of(supervisor).get(reverse("care:joiner", args=[joining.pk])))
        stranger = somebody_joining()
        assert browser_of(stranger.user).post(path, {"comment": "x"}).status_code == 404

    def test_comment_that_is_too_long_stays_in_its_box(self, supervisor):
        joining = somebody_joining()
        row, other = (a_conversation(joining.user, supervisor, step=step) for step in ReadyFor.values)
        path = reverse("lead:readiness_comment", args=[row.pk])
        page = text(browser_of(joining.user).post(path, {"comment": "x" * 2001}))
        assert "x" * 2001 in page
        assert f'id="id_{row.pk}_comment"' in page
        assert f'id="id_{other.pk}_comment"' in page

    def test_stopping_ends_the_session_and_coming_back_begins_anew(self, supervisor):
        joining = somebody_joining()
        browser = browser_of(joining.user)
        assert "Nobody asks you why" in text(browser.get("/en/lead/joining/end/"))
        browser.post("/en/lead/joining/end/", {})
        assert browser.get("/en/lead/joining/")["Location"].startswith("/accounts/login/")
        again = browser_of(User.objects.get(pk=joining.pk))
        assert "You have ended the role" in text(again.get("/en/lead/joining/"))
        assert again.get("/en/lead/joining/end/").status_code == 302
        assert "Welcome back" in text(again.post("/en/lead/joining/back/", {}, follow=True))

    def test_steps_say_what_is_done_and_what_comes_next(self, supervisor):
        joining = somebody_joining()
        User.objects.filter(pk=joining.pk).update(last_login=timezone.now())
        a_conversation(joining.user, supervisor)
        page = browser_of(joining.user).get("/en/lead/joining/").content.decode()
        assert page.count('<span class="tag tag-success">Done</span>') == 2
        assert re.search(r'aria-current="step".*?Training.*?Next', page, re.DOTALL)


class TestNobodyElse:
    @pytest.mark.parametrize(
        "make",
        [factories.a_coordinator, factories.an_analyst, factories.a_privacy_officer, factories.a_clinician,
         lambda: factories.with_role(factories.a_user(), Role.ADMINISTRATOR)],
    )  # fmt: skip
    def test_what_was_said_is_on_no_page_of_anybody_else(self, make, supervisor):
        """Every page that this role may open, with what must not be there pushed through the services before."""
        world = matrix.a_world()
        joining = somebody_joining(name="Sparrow of the way")
        row = a_conversation(joining.user, supervisor, would_help=CANARY, talked_about=f'{{"hard": "{CANARY}"}}')
        comment_readiness(readiness=row, by=joining.user, comment=CANARY)
        an_interest(supervisor, name=CANARY, address="elsewhere@example.org")
        who = make()
        role = who.roles.get().role
        browser, seen = browser_of(matrix.with_factor(who)), 0
        for name in matrix.named_routes():
            rule = matrix.rule_of(name)
            if rule is None or role not in rule.who or rule.method != "get" or rule.who == matrix.EVERYBODY:
                continue
            # Of the administrators' site the lists: they are made of every model that it knows.
            if name.startswith("admin:") and not name.endswith(("_changelist", "index")):
                continue
            answer = browser.get(reverse(name, args=rule.of(world) if rule.of else ()))
            seen += answer.status_code == 200
            assert (
                CANARY.encode() not in b"".join(answer) if answer.streaming else CANARY.encode() not in answer.content
            )
        assert seen > 3


class TestMetAgain:
    def test_coordinator_notes_each_of_the_two_and_takes_it_back(self):
        by, person, lead = factories.a_coordinator(), factories.a_participant(), somebody_joining(name="Sacha")
        browser, path = browser_of(by), reverse("desk:met_again", args=[person.pk, lead.pk])
        assert "It counts only while both say yes." in text(browser.get(path))
        shown = Entry.objects.filter(actor=by.pk, action="read", person__in=[person.user_id, lead.pk])
        assert sorted(map(str, shown.values_list("person", flat=True))) == sorted(map(str, [person.user_id, lead.pk]))
        for who in ("supporter", "participant"):
            page = text(browser.post(path, {"who": who, "yes": "yes"}, follow=True))
        assert "Both said yes" in page
        assert FormerAgreement.objects.standing().count() == 1
        browser.post(path, {"who": "participant", "yes": "no"})
        browser.post(path, {"who": "supporter", "yes": "no"})
        assert not FormerAgreement.objects.exists()

    def test_nonsense_changes_nothing(self):
        by, person, lead = factories.a_coordinator(), factories.a_participant(), somebody_joining()
        path = reverse("desk:met_again", args=[person.pk, lead.pk])
        assert browser_of(by).post(path, {"who": "everybody", "yes": "yes"}).status_code == 302
        assert not FormerAgreement.objects.exists()

    def test_it_is_found_from_the_group_for_every_pair_alike(self):
        from supporters.joining.former import key_of
        from supporters.models import FormerTie

        by = factories.a_coordinator("QC")
        group = factories.a_formal_group(by, members=2, leads=1)
        lead = group.leads.get().user
        Supporter.objects.update_or_create(user=lead, defaults={"program_region_id": "QC", "state": "active"})
        far = factories.a_facilitator(name="Far-Away")
        Supporter.objects.update_or_create(user=far, defaults={"program_region_id": "ON", "state": "active"})
        browser, path = browser_of(by), reverse("desk:group_met_again", args=[group.pk])
        assert f'href="{path}"' in text(browser.get(reverse("desk:group", args=[group.pk])))
        before = re.sub(r'value="[0-9a-zA-Z]{64}"', "", text(browser.get(path)))
        one, other = (row.participant for row in group.memberships.all())
        FormerTie.objects.create(user=lead, key=key_of(one.user_id))
        assert re.sub(r'value="[0-9a-zA-Z]{64}"', "", text(browser.get(path))) == before
        assert "Far-Away" not in before
        for person in (one, other):
            answer = browser.post(path, {"member": str(person.pk), "supporter": str(lead.pk)})
            assert answer["Location"] == reverse("desk:met_again", args=[person.pk, lead.pk])
        stranger = factories.a_participant()
        assert browser.post(path, {"member": str(stranger.pk), "supporter": str(lead.pk)}).status_code == 200
        assert Entry.objects.filter(action="read", person=one.user_id, actor=by.pk, purpose="groups").exists()

    def test_page_says_the_same_whether_they_ever_met_or_not(self):
        by, lead = factories.a_coordinator(), somebody_joining()
        people = [factories.a_participant(name="Alex"), factories.a_participant(name="Alex")]
        from supporters.joining.former import key_of
        from supporters.models import FormerTie

        FormerTie.objects.create(user=lead.user, key=key_of(people[0].user_id))
        pages = []
        for one in people:
            page = text(browser_of(by).get(reverse("desk:met_again", args=[one.pk, lead.pk])))
            pages.append(re.sub(r'value="[0-9a-zA-Z]{64}"', "", page.replace(str(one.pk), "")))
        assert pages[0] == pages[1]


def test_supervisor_at_somebodys_side_sees_them_and_others_do_not(supervisor):
    joining = somebody_joining()
    assert browser_of(supervisor).get(reverse("care:joiner", args=[joining.pk])).status_code == 200
    Pairing.objects.create(user=joining.user, supervisor=a_supervisor())
    assert browser_of(supervisor).get(reverse("care:joiner", args=[joining.pk])).status_code == 404
