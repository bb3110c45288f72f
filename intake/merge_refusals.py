"""What a person took back while two files were one stays taken back when they are two again.

A merge never turns a no into a yes (`intake.rules_merge`), and neither does undoing one.
"""

from __future__ import annotations

from consent.models import Consent
from consent.services import withdraw
from contact.models import SafeContact
from contact.services import cancel_messages
from intake.models import Participant
from intake.models_desk import Merge
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.models import User


def carry_refusals(*, merge: Merge, kept: Participant, merged: Participant) -> None:
    """Runs once the two are apart: ends for the other account what the person ended since the merge."""
    ended = _ended_since(merge, kept.user) & Consent.objects.purposes_of(merged.user_id)
    for purpose in sorted(ended):
        withdraw(person=merged.user, purpose=purpose)
    if _quiet_since(merge, kept.user):
        _keep_quiet(merged.user)


def _ended_since(merge: Merge, person: User) -> set[str]:
    """Purposes withdrawn since then and not agreed to again."""
    withdrawn = Consent.objects.of(person).filter(withdrawal__at__gte=merge.at).values_list("purpose", flat=True)
    return set(withdrawn) - Consent.objects.purposes_of(person)


def _quiet_since(merge: Merge, person: User) -> bool:
    choices = SafeContact.objects.filter(person=person, do_not_contact=True).first()
    if choices is None:
        return False
    before = choices.history.filter(history_date__lt=merge.at).order_by("-history_date", "-history_id").first()
    return before is None or not before.do_not_contact


def _keep_quiet(person: User) -> None:
    choices = SafeContact.objects.filter(person=person, do_not_contact=False).first()
    if choices is None:
        return
    choices.do_not_contact = True
    choices.save()
    cancel_messages(person=person, reason="do_not_contact")
    audit.record(Action.CHANGE, choices, person=person.pk, purpose=Purpose.CONTACT, fields=("do_not_contact",))
