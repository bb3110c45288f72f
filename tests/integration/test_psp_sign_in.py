"""Signing in, step by step: the team with password and second factor, participants with a code."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.utils import timezone

from psp.accounts import factors
from psp.audit.choices import Action
from psp.audit.models import Entry
from psp.crypto import keyring
from psp.crypto.cipher import SealBroken
from psp.models import User
from tests.factories import a_coordinator, a_facilitator, a_participant, sign_in
from tests.integration.signing_in import (
    PASSWORD,
    SECRET,
    ask_for_code,
    code_in_mail,
    code_now,
    give_code,
    give_password,
    is_signed_in,
    link_in_mail,
    with_app,
    with_password,
    with_recovery_codes,
)  # fmt: skip

pytestmark = pytest.mark.django_db


class TestTeam:
    def test_name_password_and_code_open_the_session(self, client):
        user = with_app(with_password(a_coordinator()))
        assert give_password(client, user)["Location"] == "/accounts/2fa/authenticate/"
        assert not is_signed_in(client)
        response = client.post("/accounts/2fa/authenticate/", {"code": code_now()})
        assert response["Location"] == "/en/me/"
        assert is_signed_in(client)

    def test_address_works_in_place_of_the_name_in_any_spelling(self, client):
        user = with_app(with_password(a_coordinator(email="Maude@example.org")))
        response = client.post("/accounts/login/", {"login": " MAUDE@example.ORG ", "password": PASSWORD})
        assert response["Location"] == "/accounts/2fa/authenticate/"
        assert user.email.endswith("@alias.invalid")

    def test_wrong_password_keeps_what_was_typed_and_says_how_to_mend(self, client):
        user = with_password(a_coordinator(email="maude@example.org"))
        page = client.post("/accounts/login/", {"login": "maude@example.org", "password": "not it at all"})
        assert page.status_code == 200
        text = page.content.decode()
        assert "do not fit together" in text
        assert 'value="maude@example.org"' in text
        assert user.email not in text

    def test_wrong_password_is_noted_without_saying_whose(self, client):
        user = with_password(a_coordinator())
        give_password(client, user, "not it at all")
        noted = Entry.objects.get(action=Action.DENIED)
        assert (noted.actor, noted.object_id) == (None, "")

    def test_signing_in_and_out_is_in_the_audit(self, client):
        user = with_app(with_password(a_coordinator()))
        give_password(client, user)
        client.post("/accounts/2fa/authenticate/", {"code": code_now()})
        client.post("/accounts/logout/")
        own = Entry.objects.filter(actor=user.pk, person=user.pk).order_by("id")
        assert list(own.values_list("action", flat=True)) == [Action.SIGN_IN, Action.SIGN_OUT]
        assert not is_signed_in(client)

    def test_time_of_signing_in_leaves_no_row_in_the_history(self, client):
        user = with_app(with_password(a_coordinator()))
        before = user.history.count()
        give_password(client, user)
        client.post("/accounts/2fa/authenticate/", {"code": code_now()})
        assert (user.history.count(), User.objects.get(pk=user.pk).last_login is None) == (before, False)

    def test_recovery_code_opens_in_place_of_the_device(self, client):
        user = with_app(with_password(a_coordinator()))
        codes = with_recovery_codes(user)
        give_password(client, user)
        client.post("/accounts/2fa/authenticate/", {"code": codes[3]})
        assert is_signed_in(client)

    def test_closed_account_gets_in_nowhere(self, client):
        user = with_app(with_password(a_coordinator()))
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert give_password(client, user)["Location"] == "/accounts/inactive/"
        assert not is_signed_in(client)


class TestEnrolment:
    @pytest.mark.parametrize("make", [a_coordinator, a_facilitator])
    def test_without_second_factor_every_page_leads_to_making_one(self, client, make):
        user = with_password(make())
        give_password(client, user)
        for path in ("/en/me/", "/en/desk/messages/", "/admin/", "/accounts/password/change/", "/accounts/2fa/"):
            assert client.get(path)["Location"] == "/accounts/enrol/", path
        assert client.get("/accounts/enrol/").status_code == 200

    def test_enrolling_needs_a_fresh_password(self, client):
        user = with_password(a_coordinator())
        give_password(client, user)
        assert client.get("/accounts/2fa/totp/activate/").status_code == 200
        with time_machine.travel(timezone.now() + timedelta(minutes=6)):
            assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/reauthenticate/")

    @pytest.mark.django_db(transaction=True)
    def test_app_is_connected_codes_are_shown_once_and_the_work_begins(self, client):
        user = with_password(a_coordinator())
        give_password(client, user)
        from allauth.mfa.totp.internal import auth as totp

        client.get("/accounts/2fa/totp/activate/")
        secret = client.session[totp.SECRET_SESSION_KEY]
        code = totp.format_hotp_value(totp.hotp_value(secret, factors.now_step()))
        answer = client.post("/accounts/2fa/totp/activate/", {"code": code})
        assert answer["Location"] == "/accounts/2fa/recovery-codes/"
        assert b"<code>" not in client.get("/accounts/2fa/recovery-codes/").content
        assert client.post("/accounts/2fa/recovery-codes/").content.count(b"<code>") == 10
        assert b"<code>" not in client.post("/accounts/2fa/recovery-codes/").content
        assert client.get("/en/me/")["Location"] == "/en/desk/"

    def test_someone_with_a_factor_who_has_not_shown_it_is_asked(self, client):
        user = with_app(a_coordinator())
        client.force_login(user)
        assert client.get("/en/me/")["Location"] == "/accounts/2fa/reauthenticate/"
        assert client.get("/accounts/2fa/totp/deactivate/")["Location"] == "/accounts/2fa/reauthenticate/"
        client.post("/accounts/2fa/reauthenticate/", {"code": code_now()})
        assert client.get("/en/me/")["Location"] == "/en/desk/"

    def test_changing_factors_asks_for_the_factor_and_not_for_the_password(self, client):
        user = with_app(with_password(a_coordinator()))
        sign_in(client, user)
        with time_machine.travel(timezone.now() + timedelta(minutes=6)):
            assert client.get("/accounts/2fa/totp/deactivate/")["Location"].startswith("/accounts/2fa/reauthenticate/")
            assert client.get("/accounts/reauthenticate/")["Location"].startswith("/accounts/2fa/reauthenticate/")

    def test_disconnecting_the_last_factor_leads_straight_to_a_new_one(self, client):
        user = with_app(with_password(a_coordinator()))
        sign_in(client, user)
        client.post("/accounts/2fa/totp/deactivate/")
        assert not Authenticator.objects.filter(user=user).exists()
        assert client.get("/en/me/")["Location"] == "/accounts/enrol/"


class TestSecrets:
    def test_secret_of_the_app_is_sealed_in_the_database(self):
        user = with_app(a_coordinator())
        assert SECRET not in str(Authenticator.objects.get(user=user).data)

    def test_secret_copied_to_another_account_opens_nothing(self):
        one, other = with_app(a_coordinator()), a_coordinator("ON")
        stolen = Authenticator.objects.get(user=one).data["secret"]
        with pytest.raises(SealBroken):
            factors.unseal(stolen, other.pk)
        assert factors.unseal(stolen, one.pk) == SECRET

    def test_secret_is_gone_with_the_key_of_the_person(self):
        user = with_app(a_coordinator())
        sealed = Authenticator.objects.get(user=user).data["secret"]
        keyring.destroy(user.pk)
        keyring.clear()
        with pytest.raises(SealBroken):
            factors.unseal(sealed, user.pk)

    def test_nobody_known_opens_nothing(self):
        with pytest.raises(SealBroken):
            factors.owner()

    def test_everybody_elses_secret_stays_outside_the_demo(self, settings):
        settings.PSP_DEMO = False
        from psp.accounts.services import enrol_totp
        from psp.errors import Forbidden

        with pytest.raises(Forbidden):
            enrol_totp(a_coordinator(), SECRET)


class TestParticipants:
    def test_code_from_the_mail_opens_the_portal_in_their_language(self, client):
        person = a_participant(email="alix@example.org", language="fr").user
        assert ask_for_code(client, "ALIX@example.org")["Location"] == "/accounts/login/code/confirm/"
        assert give_code(client, code_in_mail(person))["Location"] == "/en/me/"
        assert client.get("/en/me/")["Location"] == "/fr/my/"

    def test_code_may_be_typed_without_the_dash(self, client):
        person = a_participant(email="alix@example.org").user
        ask_for_code(client, "alix@example.org")
        give_code(client, code_in_mail(person).replace("-", " "))
        assert is_signed_in(client)

    def test_no_page_on_the_way_shows_the_address_or_its_alias(self, client):
        person = a_participant(email="alix@example.org").user
        ask_for_code(client, "alix@example.org")
        page = client.get("/accounts/login/code/confirm/").content.decode()
        assert "alix" not in page
        assert "alias" not in page
        assert person.email not in page

    def test_code_is_too_old_after_ten_minutes(self, client):
        person = a_participant(email="alix@example.org").user
        ask_for_code(client, "alix@example.org")
        with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=2)):
            assert give_code(client, code_in_mail(person))["Location"] == "/accounts/login/code/"
            assert not is_signed_in(client)

    def test_code_still_works_just_before_ten_minutes(self, client):
        person = a_participant(email="alix@example.org").user
        ask_for_code(client, "alix@example.org")
        with time_machine.travel(timezone.now() + timedelta(minutes=9, seconds=50)):
            give_code(client, code_in_mail(person))
            assert is_signed_in(client)

    def test_five_wrong_tries_spend_the_code(self, client):
        person = a_participant(email="alix@example.org").user
        ask_for_code(client, "alix@example.org")
        code = code_in_mail(person)
        wrong = "0000-0000" if code != "0000-0000" else "1111-1111"
        answers = [give_code(client, wrong) for _try in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 302]
        give_code(client, code)
        assert not is_signed_in(client)

    def test_code_of_one_browser_does_not_work_in_another(self, client):
        from tests.browser import Browser

        person = a_participant(email="alix@example.org").user
        ask_for_code(client, "alix@example.org")
        other = Browser()
        ask_for_code(other, "nobody@example.org")
        give_code(other, code_in_mail(person))
        assert not is_signed_in(other)

    def test_passkey_is_another_way_in_and_no_second_hurdle(self, client):
        person = a_participant(email="alix@example.org").user
        Authenticator.objects.create(
            user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "-", "credential": {}}
        )
        ask_for_code(client, "alix@example.org")
        give_code(client, code_in_mail(person))
        assert is_signed_in(client)

    def test_passkey_is_made_only_just_after_signing_in(self, client):
        sign_in(client, a_participant(language="en").user)
        assert b"passkey-add" in client.get("/accounts/2fa/webauthn/add/").content
        with time_machine.travel(timezone.now() + timedelta(minutes=6)):
            page = client.get("/accounts/2fa/webauthn/add/").content
            assert b"passkey-add" not in page
            assert b"Please sign in again first" in page

    @pytest.mark.parametrize(
        "path",
        ["password/change/", "2fa/totp/activate/", "2fa/totp/deactivate/", "2fa/recovery-codes/", "reauthenticate/"],
    )
    def test_passwords_and_apps_are_not_for_participants(self, client, path):
        sign_in(client, a_participant().user)
        assert client.get(f"/accounts/{path}").status_code == 403


class TestPasswordLink:
    def test_link_works_once_and_leads_to_sign_in(self, client):
        user = with_app(with_password(a_coordinator(email="maude@example.org")))
        client.post("/accounts/password/reset/", {"email": "Maude@example.org"})
        link = link_in_mail(user)
        page = client.get(link, follow=True)
        form = {"password1": "another quiet river", "password2": "another quiet river"}
        done = client.post(page.redirect_chain[-1][0], form)
        assert done["Location"] == "/accounts/password/reset/key/done/"
        assert not is_signed_in(client)
        assert b"does not work any more" in client.get(link, follow=True).content
        assert give_password(client, user, "another quiet river")["Location"] == "/accounts/2fa/authenticate/"

    def test_participants_get_no_link(self, client):
        person = a_participant(email="alix@example.org").user
        client.post("/accounts/password/reset/", {"email": "alix@example.org"})
        assert link_in_mail(person) == ""

    def test_weak_password_is_refused_with_the_reason(self, client):
        user = with_password(a_coordinator())
        sign_in(client, with_app(user))
        form = {"oldpassword": PASSWORD, "password1": "password1234", "password2": "password1234"}
        page = client.post("/accounts/password/change/", form)
        assert page.status_code == 200
        assert page.context["form"].errors["password1"]


def test_account_without_a_place_is_told_so_instead_of_being_asked_to_apply(client):
    from tests.factories import a_user, sign_in

    sign_in(client, a_user(language="fr"))
    page = client.get("/fr/me/")
    assert page.status_code == 200
    assert "pas encore de page pour votre rôle" in page.content.decode()
    assert "/intake/" not in page.content.decode()
