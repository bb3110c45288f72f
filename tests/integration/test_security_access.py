"""Getting in, staying in and being out: properties 3, 7, 8, 10 and 11 of `security.md`, each by its name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from psp.audit.models import Entry
from psp.choices import Role
from psp.models import RoleAssignment, User
from tests.browser import Browser
from tests.factories import a_coordinator, a_facilitator, a_participant, a_user, an_analyst, sign_in, with_role
from tests.integration.signing_in import (
    PASSWORD,
    ask_for_code,
    code_in_mail,
    give_code,
    give_password,
    is_signed_in,
    link_in_mail,
    with_app,
    with_password,
)

pytestmark = pytest.mark.django_db


def an_administrator(**fields: Any) -> User:
    return with_role(a_user(**fields), Role.ADMINISTRATOR)


class TestProperty03:
    """A role change or deactivation ends live sessions at the next request."""

    def test_property_03_lost_role_ends_the_session(self, client):
        user = a_coordinator()
        sign_in(client, user)
        assert client.get("/en/desk/messages/").status_code == 200
        user.roles.get().delete()
        assert client.get("/en/desk/messages/")["Location"].startswith("/accounts/login/")

    def test_property_03_new_role_ends_the_session_too(self, client):
        user = an_analyst()
        sign_in(client, user)
        RoleAssignment.objects.create(user=user, role=Role.PRIVACY_OFFICER)
        assert client.get("/en/reports/")["Location"].startswith("/accounts/login/")

    def test_property_03_closed_account_is_out_at_once(self, client):
        user = a_coordinator()
        sign_in(client, user)
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert client.get("/en/me/")["Location"].startswith("/accounts/login/")

    def test_property_03_closing_an_account_in_the_administration_ends_its_session(self, client):
        user, admin = a_coordinator(), an_administrator()
        sign_in(client, user)
        office = Browser()
        sign_in(office, admin)
        form = {
            "username": user.username, "kind": "staff", "name": "N", "address": "n@example.org", "language": "en",
            "time_zone": "America/Toronto", "roles-TOTAL_FORMS": "0", "roles-INITIAL_FORMS": "0",
        }  # fmt: skip
        assert office.post(f"/admin/psp/user/{user.pk}/change/", form).status_code == 302
        assert client.get("/en/me/")["Location"].startswith("/accounts/login/")


class TestProperty07:
    """A second factor on every staff path: sign-in, admin, password reset, login by code."""

    @pytest.mark.parametrize("make", [a_coordinator, a_facilitator, an_administrator])
    def test_property_07_password_alone_opens_nothing(self, client, make):
        user = with_app(with_password(make()))
        assert give_password(client, user)["Location"] == "/accounts/2fa/authenticate/"
        for path in ("/admin/", "/en/me/", "/accounts/2fa/", "/accounts/password/change/"):
            assert client.get(path)["Location"].startswith(("/accounts/login/", "/admin/login/")), path

    def test_property_07_admin_has_no_sign_in_of_its_own(self, client):
        user = with_app(with_password(an_administrator()))
        answer = client.post("/admin/login/", {"username": user.username, "password": PASSWORD})
        assert answer["Location"].startswith("/accounts/login/")
        assert not is_signed_in(client)

    def test_property_07_session_without_factor_does_not_open_the_admin(self, client):
        client.force_login(with_app(an_administrator()))
        assert client.get("/admin/")["Location"] == "/accounts/2fa/reauthenticate/"
        other = Browser()
        other.force_login(an_administrator())
        assert other.get("/admin/")["Location"] == "/accounts/enrol/"

    def test_property_07_new_password_signs_nobody_in_and_leaves_the_factor(self, client):
        user = with_app(with_password(a_coordinator(email="maude@example.org")))
        client.post("/accounts/password/reset/", {"email": "maude@example.org"})
        page = client.get(link_in_mail(user), follow=True)
        form = {"password1": "another quiet river", "password2": "another quiet river"}
        client.post(page.redirect_chain[-1][0], form)
        assert not is_signed_in(client)
        assert give_password(client, user, "another quiet river")["Location"] == "/accounts/2fa/authenticate/"

    @pytest.mark.parametrize("make", [a_coordinator, a_facilitator, an_administrator])
    def test_property_07_no_code_by_mail_for_the_team(self, client, make):
        user = make(email="maude@example.org")
        answer = ask_for_code(client, "maude@example.org")
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/code/confirm/")
        assert code_in_mail(user) == ""


class TestProperty08:
    """Nobody can enrol or see another person's second factor."""

    def test_property_08_administration_knows_no_factors_and_no_aliases(self):
        from django.contrib import admin

        labels = {model._meta.label for model in admin.site._registry}
        assert labels == {
            "audit.Entry", "consent.ConsentVersion", "consent.PurposeSwitch",
            "contact.MessageTemplate", "contact.ReminderRule", "groups.KindSetting",
            "peer_sessions.Closure", "peer_sessions.Questionnaire", "peer_sessions.Room",
            "supporters.IncidentKind",
            "intake.EligibilityVersion", "intake.MeetingGuide", "intake.Referral",
            "supporters.Course", "supporters.ReadinessCriterion",
            "supporters.AccommodationKind", "supporters.CareSetting", "supporters.PayRate",
            "privacy.RetentionRule", "psp.CrisisLine", "psp.ProgramRegion", "psp.Region", "psp.User",
            "supporters.CareOffer", "supporters.CheckInQuestion",
            "reporting.GivenKind", "reporting.Platform", "reporting.Series",
            "supporters.ProgramText", "supporters.ResourceTopic", "supporters.SupportKind",
        }  # fmt: skip

    def test_property_08_passkey_of_another_person_is_not_found(self, client):
        other = a_coordinator("ON")
        key = Authenticator.objects.create(
            user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "-", "credential": {}}
        )
        sign_in(client, with_app(a_coordinator()))
        for send in (client.get, client.post):
            assert send(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/").status_code == 404
        assert Authenticator.objects.filter(pk=key.pk).exists()

    def test_property_08_beginning_again_gives_nobody_but_the_owner_a_way_in(self, client):
        user, admin = with_app(with_password(a_coordinator())), an_administrator()
        sign_in(client, admin)
        answer = client.post(
            "/admin/psp/user/", {"action": "start_over", "_selected_action": str(user.pk)}, follow=True
        )
        link = link_in_mail(user)
        assert link.startswith("/accounts/password/reset/key/")
        assert link not in answer.content.decode()
        again = User.objects.get(pk=user.pk)
        assert not again.has_usable_password()
        assert not Authenticator.objects.filter(user=again).exists()
        assert Entry.objects.filter(person=user.pk, actor=admin.pk, fields="password,second_factor").count() == 1


class TestProperty10:
    """Idle and absolute time-out by a moved clock; a replayed cookie fails."""

    LIMITS = settings.SESSION_LIMITS

    @pytest.mark.parametrize(
        ("make", "kind"),
        [(a_coordinator, "staff"), (a_facilitator, "supporter"), (lambda: a_participant().user, "participant")],
    )
    def test_property_10_session_ends_after_a_time_without_use(self, client, make, kind):
        now = timezone.now()
        with time_machine.travel(now, tick=False) as clock:
            sign_in(client, make())
            assert "/accounts/" not in client.get("/en/me/")["Location"]
            clock.move_to(now + timedelta(seconds=self.LIMITS[kind]["idle"] - 1))
            assert "/accounts/" not in client.get("/en/me/")["Location"]
            clock.move_to(now + timedelta(seconds=2 * self.LIMITS[kind]["idle"]))
            assert "/accounts/" in client.get("/en/me/")["Location"]
            assert not is_signed_in(client)

    @pytest.mark.parametrize(
        ("make", "kind"),
        [(a_coordinator, "staff"), (a_facilitator, "supporter"), (lambda: a_participant().user, "participant")],
    )
    def test_property_10_session_ends_after_a_time_in_all_however_busy(self, client, make, kind):
        now = timezone.now()
        with time_machine.travel(now, tick=False) as clock:
            sign_in(client, make())
            step = self.LIMITS[kind]["idle"] - 60
            for passed in range(0, self.LIMITS[kind]["absolute"], step):
                clock.move_to(now + timedelta(seconds=passed))
                assert "/accounts/" not in client.get("/en/me/")["Location"], passed
            clock.move_to(now + timedelta(seconds=self.LIMITS[kind]["absolute"] + 1))
            assert "/accounts/" in client.get("/en/me/")["Location"]

    def test_property_10_cookie_kept_from_before_signing_out_opens_nothing(self, client):
        sign_in(client, a_coordinator())
        kept = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.post("/accounts/logout/")
        client.cookies[settings.SESSION_COOKIE_NAME] = kept
        assert client.get("/en/me/")["Location"].startswith("/accounts/login/")

    def test_property_10_cookie_kept_from_before_a_quick_exit_opens_nothing(self, client):
        sign_in(client, a_participant().user)
        kept = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.post("/leave/")
        thief = Browser()
        thief.cookies[settings.SESSION_COOKIE_NAME] = kept
        assert thief.get("/en/me/")["Location"].startswith("/accounts/login/")


class TestProperty11:
    """Session id changes at sign-in; all sessions end when password or factor change."""

    def test_property_11_session_id_before_signing_in_is_worthless_after(self, client):
        person = a_participant(email="alix@example.org").user
        ask_for_code(client, "alix@example.org")
        before = client.cookies[settings.SESSION_COOKIE_NAME].value
        give_code(client, code_in_mail(person))
        assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
        thief = Browser()
        thief.cookies[settings.SESSION_COOKIE_NAME] = before
        assert "/accounts/" in thief.get("/en/me/")["Location"]

    def two_browsers(self) -> tuple[User, Any, Any]:
        user = with_app(with_password(a_coordinator()))
        here, elsewhere = Browser(), Browser()
        sign_in(here, user)
        sign_in(elsewhere, user)
        return user, here, elsewhere

    def assert_only_here(self, here: Any, elsewhere: Any) -> None:
        assert "/accounts/login/" not in here.get("/en/me/")["Location"]
        assert "/accounts/login/" in elsewhere.get("/en/me/")["Location"]

    def test_property_11_new_password_ends_every_other_session(self):
        _user, here, elsewhere = self.two_browsers()
        form = {"oldpassword": PASSWORD, "password1": "another quiet river", "password2": "another quiet river"}
        assert here.post("/accounts/password/change/", form).status_code == 302
        self.assert_only_here(here, elsewhere)

    def test_property_11_password_by_link_ends_every_session(self):
        user, here, elsewhere = self.two_browsers()
        stranger = Browser()
        stranger.post("/accounts/password/reset/", {"email": user.sealed_email})
        page = stranger.get(link_in_mail(user), follow=True)
        form = {"password1": "another quiet river", "password2": "another quiet river"}
        stranger.post(page.redirect_chain[-1][0], form)
        for browser in (here, elsewhere):
            assert "/accounts/login/" in browser.get("/en/me/")["Location"]

    def test_property_11_factor_taken_away_ends_every_other_session(self):
        _user, here, elsewhere = self.two_browsers()
        here.post("/accounts/2fa/totp/deactivate/")
        self.assert_only_here(here, elsewhere)

    @pytest.mark.django_db(transaction=True)
    def test_property_11_new_recovery_codes_end_every_other_session(self):
        _user, here, elsewhere = self.two_browsers()
        assert here.post("/accounts/2fa/recovery-codes/generate/").status_code == 302
        self.assert_only_here(here, elsewhere)

    def test_property_11_all_other_sessions_end_when_asked(self):
        _user, here, elsewhere = self.two_browsers()
        here.post("/accounts/elsewhere/")
        self.assert_only_here(here, elsewhere)


def test_sign_in_pages_that_are_not_ours_do_not_exist():
    from django.urls import NoReverseMatch

    for name in ("account_signup", "account_email", "account_set_password", "mfa_trust", "mfa_download_recovery_codes"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
