"""The administrators' site: accounts of the team, texts and rules in versions, and nothing about participants."""

from __future__ import annotations

import pytest

from contact.models import MessageTemplate
from groups.models import KindSetting
from psp.audit.choices import Action
from psp.audit.models import Entry
from psp.choices import Kind, Role
from psp.models import User
from tests.factories import a_coordinator, a_participant, a_user, sign_in, with_role
from tests.integration.signing_in import link_in_mail

pytestmark = pytest.mark.django_db
CANARY, ADDRESS = "Réjeanne Canari", "canari@exemple.ca"


@pytest.fixture
def office(client):
    """A client in which an administrator is signed in; `client.me` is their account."""
    client.me = with_role(a_user(), Role.ADMINISTRATOR)
    sign_in(client, client.me)
    return client


def account_form(**changes: str) -> dict[str, str]:
    return {
        "username": "new.colleague", "kind": "staff", "name": "Maude", "address": "maude@example.org",
        "language": "fr", "time_zone": "America/Toronto", "is_active": "on", "roles-TOTAL_FORMS": "1",
        "roles-INITIAL_FORMS": "0", "roles-0-role": "coordinator", "roles-0-region": "QC", **changes,
    }  # fmt: skip


def roles_form(user: User, **changes: str) -> dict[str, str]:
    """The form of an account that exists, with its one role."""
    role = user.roles.get()
    values = {
        "roles-INITIAL_FORMS": "1", "roles-0-id": str(role.pk), "roles-0-user": str(user.pk),
        "roles-0-role": role.role, "roles-0-region": role.region_id or "", "username": user.username,
        "address": user.sealed_email, "name": user.name,
    }  # fmt: skip
    return account_form(**{**values, **changes})


class TestAccounts:
    def test_new_account_has_role_sealed_name_and_a_link_but_no_password(self, office):
        assert office.post("/admin/psp/user/add/", account_form()).status_code == 302
        made = User.objects.get(username="new.colleague")
        assert (made.name, made.sealed_email, made.has_usable_password()) == ("Maude", "maude@example.org", False)
        assert [(role.role, role.region_id) for role in made.roles.all()] == [("coordinator", "QC")]
        assert link_in_mail(made).startswith("/accounts/password/reset/key/")
        noted = Entry.objects.filter(person=made.pk, actor=office.me.pk, action=Action.CREATE)
        assert set(noted.values_list("model", flat=True)) == {"psp.user", "psp.roleassignment"}

    def test_list_shows_no_name_and_no_address_and_notes_everybody_on_it_once(self, office):
        colleague = a_coordinator(name=CANARY, email=ADDRESS)
        before = Entry.objects.count()
        page = office.get("/admin/psp/user/").content.decode()
        assert colleague.username in page
        assert CANARY not in page
        assert ADDRESS not in page
        noted = Entry.objects.order_by("id")[before:]
        assert sorted(str(entry.person) for entry in noted) == sorted([str(colleague.pk), str(office.me.pk)])

    def test_opening_an_account_is_noted_once_with_what_was_shown(self, office):
        colleague = a_coordinator(name=CANARY)
        page = office.get(f"/admin/psp/user/{colleague.pk}/change/").content.decode()
        assert CANARY in page
        noted = Entry.objects.get(action=Action.READ, person=colleague.pk)
        assert (noted.actor, noted.fields) == (office.me.pk, "username,name,sealed_email")

    def test_participants_are_nowhere(self, office):
        person = a_participant(name=CANARY, email=ADDRESS).user
        person.name = CANARY + " 2"
        person.save()
        version = person.history.first().pk
        for path in ("", f"?q={person.username}", f"?id={person.pk}", f"{person.pk}/change/", f"{person.pk}/history/",
                     f"{person.pk}/history/{version}/", f"{person.pk}/delete/"):  # fmt: skip
            answer = office.get(f"/admin/psp/user/{path}", follow=True)
            assert CANARY not in answer.content.decode(), path
            assert f"/{person.pk}/" not in answer.content.decode(), path
        assert not Entry.objects.filter(action=Action.READ, person=person.pk).exists()

    def test_history_of_one_account_cannot_be_read_through_another(self, office):
        person, colleague = a_participant(name=CANARY).user, a_coordinator()
        version = person.history.first().pk
        assert office.get(f"/admin/psp/user/{colleague.pk}/history/{version}/").status_code == 404

    def test_nothing_is_put_back_from_the_history(self, office):
        colleague = a_coordinator()
        version = colleague.history.first().pk
        path = f"/admin/psp/user/{colleague.pk}/history/{version}/"
        assert office.get(path).status_code == 200
        assert office.post(path, account_form()).status_code == 404

    def test_accounts_are_closed_and_never_deleted(self, office):
        colleague = a_coordinator()
        assert office.post(f"/admin/psp/user/{colleague.pk}/delete/", {"post": "yes"}).status_code == 403

    def test_address_of_somebody_else_is_refused_and_what_was_typed_stays(self, office):
        a_coordinator(email=ADDRESS)
        page = office.post("/admin/psp/user/add/", account_form(address=ADDRESS.upper()))
        assert page.status_code == 200
        assert "cannot be used" in page.content.decode()
        assert 'value="new.colleague"' in page.content.decode()

    def test_participant_account_cannot_be_made_here(self, office):
        assert office.post("/admin/psp/user/add/", account_form(kind="participant")).status_code == 200
        assert not User.objects.filter(kind=Kind.PARTICIPANT).exists()

    def test_coordinator_needs_a_region(self, office):
        page = office.post("/admin/psp/user/add/", account_form(**{"roles-0-region": ""}))
        assert "Add the role once for each" in page.content.decode()

    @pytest.mark.parametrize("change", [{"is_active": ""}, {"roles-0-DELETE": "on"}, {"roles-0-role": "analyst"}])
    def test_last_administrator_stays(self, office, change):
        form = {
            name: value for name, value in roles_form(office.me, **change).items() if value != "" or name != "is_active"
        }
        page = office.post(f"/admin/psp/user/{office.me.pk}/change/", form)
        assert page.status_code == 200
        assert "Nobody else could open the administration" in page.content.decode()
        assert User.objects.get(pk=office.me.pk).is_staff

    def test_second_administrator_may_go(self, office):
        other = with_role(a_user(), Role.ADMINISTRATOR)
        form = roles_form(other)
        del form["is_active"]
        assert office.post(f"/admin/psp/user/{other.pk}/change/", form).status_code == 302
        assert not User.objects.get(pk=other.pk).is_active


class TestSettings:
    def template_form(self, template: MessageTemplate, **changes: str) -> dict[str, str]:
        names = ("subject_en", "subject_fr", "body_en", "body_fr", "sms_en", "sms_fr")
        return {name: getattr(template, name) for name in names} | changes

    @pytest.mark.parametrize(
        "change", [{"subject_en": "Your peer support group"}, {"body_fr": "Votre groupe de soutien : {code}"}]
    )
    def test_message_that_tells_too_much_is_refused(self, office, change):
        template = MessageTemplate.objects.get(pk="sign_in_code")
        page = office.post(
            "/admin/contact/messagetemplate/sign_in_code/change/", self.template_form(template, **change)
        )
        assert "say too much" in page.content.decode()
        template.refresh_from_db()
        assert getattr(template, next(iter(change))) != next(iter(change.values()))

    @pytest.mark.parametrize("body", ["Your code.", "Your code is {code} {name}.", "Your code is {code."])
    def test_message_keeps_its_placeholders(self, office, body):
        template = MessageTemplate.objects.get(pk="sign_in_code")
        page = office.post(
            "/admin/contact/messagetemplate/sign_in_code/change/", self.template_form(template, body_en=body)
        )
        assert "parts in braces" in page.content.decode()

    def test_neutral_message_is_kept_with_its_history(self, office):
        template = MessageTemplate.objects.get(pk="sign_in_code")
        form = self.template_form(template, subject_en="Here it is")
        assert office.post("/admin/contact/messagetemplate/sign_in_code/change/", form).status_code == 302
        page = office.get("/admin/contact/messagetemplate/sign_in_code/history/").content.decode()
        assert office.me.username in page
        assert Entry.objects.filter(model="contact.messagetemplate", action=Action.CHANGE, fields="subject_en").exists()

    def test_sizes_are_settings_in_the_right_order(self, office):
        form = {
            "min_size": "5", "max_size": "4", "session_count": "10", "minutes": "90", "weeks_apart": "1",
            "facilitators": "1", "answer_days": "7", "remind_days": "2",
        }  # fmt: skip
        page = office.post("/admin/groups/kindsetting/formal/change/", form)
        assert page.status_code == 200
        assert office.post("/admin/groups/kindsetting/formal/change/", {**form, "max_size": "9"}).status_code == 302
        assert KindSetting.objects.get(pk="formal").max_size == 9


class TestAccessLog:
    def test_log_is_found_by_id_and_shows_ids_only(self, office):
        person = a_participant(name=CANARY, email=ADDRESS).user
        Entry.objects.create(action=Action.READ, person=person.pk, purpose="intake", model="intake.participant")
        page = office.get(f"/admin/audit/entry/?q={person.pk}").content.decode()
        assert str(person.pk) in page
        assert CANARY not in page
        assert ADDRESS not in page

    def test_log_cannot_be_written_by_hand(self, office):
        entry = Entry.objects.create(action=Action.READ, purpose="own")
        assert office.get("/admin/audit/entry/add/").status_code == 403
        assert office.post(f"/admin/audit/entry/{entry.pk}/change/", {"purpose": "intake"}).status_code == 403
        assert office.post(f"/admin/audit/entry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
