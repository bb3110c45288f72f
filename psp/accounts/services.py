"""What others may do with an account's ways of signing in."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from psp.accounts import factors, mail
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import Forbidden, require
from psp.models import RoleAssignment, User
from psp.sight import sight_of


def enrol_totp(user: User, secret: str) -> None:
    """Give a demo account an authenticator whose secret everybody knows. Forbidden outside the demo.

    `secret` is base32. An authenticator that is there already is replaced.
    """
    if not settings.PSP_DEMO:
        raise Forbidden("demo_only")
    sealed = {"secret": factors.seal(secret, user.pk)}
    Authenticator.objects.update_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": sealed})


def current_code(secret: str) -> str:
    """The six digits that an authenticator app with this secret shows now."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, factors.now_step())))


def send_password_link(*, user: User, request: HttpRequest | None) -> None:
    """Let the owner of an account choose a password: a link that works once, to their own address.

    `request`: None where a job does it; the link leads to where people reach the site in any case.
    """
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    link = get_adapter(request).get_reset_password_from_key_url(key)
    mail.send(user, mail.Letter.PASSWORD_LINK, link=link)


@transaction.atomic
def start_over(*, user: User, by: User, request: HttpRequest) -> None:
    """For someone who lost password or device: both go, and a link to begin again goes to their own address.

    Nobody ever sets or sees another person's password or factor ([security] 8).
    """
    require(sight_of(by).has(Role.ADMINISTRATOR) and user.needs_second_factor, "start_over")
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    user.end_sessions()
    audit.record(
        Action.CHANGE, user, person=user.pk, purpose=Purpose.ADMINISTRATION, fields=("password", "second_factor")
    )
    send_password_link(user=user, request=request)


def is_last_administrator(user: User) -> bool:
    """Whether nobody else could open the administration."""
    holders = RoleAssignment.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    return holders.filter(user_id=user.pk).exists() and not holders.exclude(user_id=user.pk).exists()
