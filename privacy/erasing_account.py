"""What goes with a person on the lowest floors: requests and holds, ways to sign in, sessions, and the account itself.

The account's row stays, as nobody's: the access log knows it by its opaque id, and so does an empty place in a group.
"""

from __future__ import annotations

import secrets
from collections import Counter

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import F, Q
from django.utils import timezone

from privacy import datamap
from privacy.erasing import Eraser, add_eraser, delete_rows, forget_history, forget_past
from privacy.models import Hold, RightsRequest
from psp.at_rest import SessionStore
from psp.choices import Kind, Language
from psp.models import RoleAssignment, User


def erase_requests(person: User) -> Counter[str]:
    """What was asked about the own information, and holds that are over: a standing one stops the approval."""
    done = delete_rows(RightsRequest.objects.filter(person=person))
    return done + delete_rows(Hold.objects.filter(person=person))


def erase_sign_in(person: User) -> Counter[str]:
    done = delete_rows(EmailConfirmation.objects.filter(email_address__user=person))
    done += delete_rows(EmailAddress.objects.filter(user=person))
    done += delete_rows(Authenticator.objects.filter(user=person))
    done += delete_rows(RoleAssignment.objects.filter(user=person))
    for many in (User.groups.through, User.user_permissions.through):
        many._base_manager.filter(user=person).delete()
    return done + Counter({"sessions.session": end_sessions(person)})


def end_sessions(person: User) -> int:
    """What a session knows is sealed: each is opened to see whose it is."""
    store = SessionStore()
    mine = [
        session.pk
        for session in Session.objects.iterator()
        if store.decode(session.session_data).get("_auth_user_id") == str(person.pk)
    ]
    return Session.objects.filter(pk__in=mine).delete()[0]


def erase_account(person: User) -> Counter[str]:
    LogEntry.objects.filter(Q(user=person) | Q(object_id=str(person.pk))).delete()
    forget_past(User, [person.pk], but=_about_others(person))
    forget_history(User, [person.pk])
    User.objects.filter(pk=person.pk).update(
        username=f"gone-{secrets.token_hex(12)}", name=b"", name_index="", sealed_email=b"", email_index="", email="",
        password=make_password(None), last_login=None, date_joined=timezone.now(), is_active=False,
        language=Language.EN, time_zone="America/Toronto", epoch=F("epoch") + 1,
    )  # fmt: skip
    return Counter({"psp.user": 1})


def _about_others(person: User) -> set[tuple[str, str]]:
    """Where earlier states of other people's records name somebody who worked here: whoever decided about a file two
    years ago takes nothing of it along. The account that stands there is nobody's from now on."""
    if person.kind == Kind.PARTICIPANT:
        return set()
    names = {
        row.model: {*row.also, *(() if row.erased == datamap.Erased.DELETED else (row.path,))} - {"history_user"}
        for row in datamap.holdings()
    }
    return {(model, name) for model, fields in names.items() for name in fields}


def register() -> None:
    sign_in = frozenset({"account.emailaddress", "account.emailconfirmation", "mfa.authenticator",
                         "psp.roleassignment", "psp.user_groups", "psp.user_user_permissions",
                         "sessions.session"})  # fmt: skip
    for eraser in (
        Eraser("requests", frozenset({"privacy.rightsrequest", "privacy.hold"}), erase_requests, order=80),
        Eraser("sign_in", sign_in, erase_sign_in, order=89),
        Eraser("account", frozenset({"psp.user", "admin.logentry"}), erase_account, order=90),
    ):
        add_eraser(eraser)
