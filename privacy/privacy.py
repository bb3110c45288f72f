"""What the floors below hold about a person: the account, the access log, the requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from privacy.choices import CorrectionItem, ErasureState, HoldKind, RequestKind, RequestState
from privacy.holdings import Line, Record, Section, add_section, earlier, earlier_of_each, past_of
from privacy.models import Erasure, Hold, RightsRequest
from privacy.people import role_of, roles_of
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.choices import Language
from psp.models import User

FROM = _("From")
WHEN, WHO, WHAT, WHY = _("When"), _("Who"), _("What"), _("Why")
COMPUTER, YOU, CLOSED = _("The program’s computer"), _("You"), _("An account that is closed")
NAME, ADDRESS, LANGUAGE = _("Name"), _("E-mail address"), _("Language")


def account(person: User) -> Iterable[Record]:
    more = [Line(_("Account made"), person.date_joined), Line(_("Signed in last"), person.last_login)]
    yield [*_known(person), *more]


def _known(row: Any) -> list[Line]:
    return [
        Line(NAME, row.name), Line(ADDRESS, row.sealed_email), Line(LANGUAGE, Language(row.language).label),
        Line(_("Time zone"), row.time_zone),
    ]  # fmt: skip


def account_before(person: User) -> Iterable[Record]:
    told = dict.fromkeys(("name", "sealed_email", "language", "time_zone"))
    return earlier(person.history.order_by("history_id"), told, FROM, _known)


def openings(person: User) -> Iterable[Record]:
    """Rows without instances: after years there are thousands."""
    rows = Entry.objects.filter(person=person.pk).order_by("id").values_list("at", "actor", "action", "purpose")
    entries = list(rows)
    who = roles_of({actor for _at, actor, _action, _purpose in entries if actor}) | {None: COMPUTER, person.pk: YOU}
    what, why = ({one.value: one.label for one in kind} for kind in (Action, Purpose))
    for at, actor, action, purpose in entries:
        yield (
            Line(WHEN, at), Line(WHO, who.get(actor, CLOSED)), Line(WHAT, what[action]), Line(WHY, why[purpose])
        )  # fmt: skip


def requests(person: User) -> Iterable[Record]:
    for row in RightsRequest.objects.visible_to(person).select_related("answered_by").order_by("asked_at"):
        yield [*_asked(row), Line(_("Answered by"), role_of(row.answered_by) if row.answered_by else None)]


def _asked(row: Any) -> list[Line]:
    return [
        Line(_("Request"), RequestKind(row.kind).label),
        Line(_("About"), CorrectionItem(row.item).label if row.item else None),
        Line(_("Asked"), row.asked_at), Line(_("Answer due"), row.due_on),
        Line(_("State"), RequestState(row.state).label), Line(_("What you wrote"), row.text),
        Line(_("Answer"), row.answer), Line(_("Your note"), row.note),
        Line(_("What you agreed to"), row.disposal_text), Line(_("Ended"), row.ended_at),
    ]  # fmt: skip


def requests_before(person: User) -> Iterable[Record]:
    rows = past_of(RightsRequest.objects.filter(person_id=person.pk))
    return earlier_of_each(rows, dict.fromkeys(("state", "answer", "note", "due_on")), FROM, _asked)


def holds(person: User) -> Iterable[Record]:
    """What keeps the information from being deleted, and the deletion that is being prepared."""
    for hold in Hold.objects.about(person).order_by("opened_at"):
        yield [
            Line(_("Nothing is deleted because"), HoldKind(hold.kind).label), Line(_("From"), hold.opened_at),
            Line(_("Ended"), hold.closed_at),
        ]  # fmt: skip
    for erasure in Erasure.objects.filter(person=person.pk).order_by("prepared_at"):
        yield [
            Line(_("Deletion"), ErasureState(erasure.state).label), Line(_("Number"), erasure.reference),
            Line(_("Prepared"), erasure.prepared_at), Line(_("Ended"), erasure.ended_at),
        ]  # fmt: skip


def register() -> None:
    for section in (
        Section("account", _("Your account"), account, frozenset({"psp.user", "account.emailaddress"}), order=10),
        Section("account_before", _("Your account, earlier"), account_before, frozenset(), order=11),
        Section("requests", _("Your requests"), requests, frozenset({"privacy.rightsrequest"}), order=80),
        Section("holds", _("Deletion and what holds it back"), holds,
                frozenset({"privacy.hold", "privacy.erasure"}), order=81),
        Section("requests_before", _("Your requests, earlier"), requests_before, frozenset(), order=81),
        Section("openings", _("Who opened your file"), openings, frozenset({"audit.entry"}), order=90, alike=True),
    ):  # fmt: skip
        add_section(section)
