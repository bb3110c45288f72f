"""The questions before and after a group, under the consent to them: offered, kept half done, sent, taken back.

Who answers is known here, unlike after a session, so that before and after can be compared; the sheet is sealed under
the person's own key and nobody of the team opens it. It lasts as long as the consent: whoever takes that back has no
answers here any more, in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.choices import ConsentPurpose
from consent.models import Consent
from groups.choices import GroupKind
from groups.models import Membership, PeerGroup
from psp import survey
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError
from psp.models import User
from sessions.choices import Moment, QuestionnaireUse, SessionState
from sessions.models import AnswerSheet, Questionnaire

# An activity is one afternoon or two: there is nothing to compare.
ASKED = (GroupKind.FORMAL, GroupKind.INFORMAL)
TAKES_PLACE = Q(group__sessions__state__in=[SessionState.SCHEDULED, SessionState.HELD])


@dataclass(frozen=True, slots=True)
class Offer:
    """Questions that somebody may answer now. `sheet`: as far as they did; None where they have not begun."""

    group: PeerGroup
    moment: Moment
    questionnaire: Questionnaire
    sheet: AnswerSheet | None


def moment_now(first: datetime | None, last: datetime | None, now: datetime, days: int) -> Moment | None:
    """Before the first session begins, and for some days after the last one is over. Pure."""
    if first is None or last is None:
        return None
    if now < first:
        return Moment.BEFORE
    return Moment.AFTER if last <= now < last + timedelta(days=days) else None


def offers(person: User) -> list[Offer]:
    """Empty without the consent: then nobody asks."""
    if not Consent.objects.in_force(person, ConsentPurpose.EVALUATION):
        return []
    form = Questionnaire.objects.in_force(QuestionnaireUse.BEFORE_AFTER)
    if form is None:
        return []
    places = Membership.objects.active_of(person).filter(group__kind__in=ASKED).select_related("group")
    dated = places.annotate(
        first=Min("group__sessions__starts_at", filter=TAKES_PLACE),
        last=Max("group__sessions__ends_at", filter=TAKES_PLACE),
    )
    sheets = AnswerSheet.objects.visible_to(person).select_related("questionnaire")
    known = {(one.group_id, one.moment): one for one in sheets}
    found = []
    for place in dated.order_by("joined_at"):
        moment = moment_now(place.first, place.last, timezone.now(), settings.PSP_QUESTIONNAIRE_DAYS)
        if moment is not None:
            sheet = known.get((place.group_id, moment))
            # Whoever began under one version goes on under it.
            found.append(Offer(place.group, moment, sheet.questionnaire if sheet else form, sheet))
    return found


def offer_of(person: User, group: Any, moment: str) -> Offer | None:
    return next((one for one in offers(person) if str(one.group.pk) == str(group) and one.moment == moment), None)


@transaction.atomic
def save_answers(*, by: User, group: Any, moment: str, said: Mapping[str, str], send: bool) -> AnswerSheet:
    """Keep the answers, half done or sent; they may be changed for as long as the questions are open.

    DomainError: `not_asked` (over, taken back, or never theirs). ValueError for an answer not on offer.
    """
    # The lock that a withdrawal takes too: once it has answered, nothing is written any more.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    offer = offer_of(by, group, moment)
    if offer is None:
        message = _("These questions are not open any more, or you took back your yes to them. Nothing was kept.")
        raise DomainError(message, code="not_asked")
    new = offer.sheet is None
    row = offer.sheet or AnswerSheet(
        person=by, group=offer.group, questionnaire=offer.questionnaire, moment=offer.moment
    )
    row.answers = json.dumps(survey.sheet_of(offer.questionnaire.form, said))
    row.saved_at = timezone.now()
    row.sent_at = timezone.now() if send else row.sent_at
    row.save(force_insert=new)
    audit.record(Action.CREATE if new else Action.CHANGE, row, person=by.pk, purpose=Purpose.OWN, fields=("answers",))
    return row


@transaction.atomic
def take_back(*, by: User, group: Any, moment: str) -> int:
    """The person wants these answers gone; the consent stays."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    rows = list(AnswerSheet.objects.visible_to(by).filter(group=group, moment=moment))
    for row in rows:
        audit.record(Action.DELETE, row, person=by.pk, purpose=Purpose.OWN)
        row.delete()
    return len(rows)


def forget(person: User) -> int:
    """The consent has ended, and with it every answer that was given under it."""
    rows = list(AnswerSheet.objects.filter(person=person))
    for row in rows:
        audit.record(Action.DELETE, row, person=person.pk, purpose=Purpose.OWN)
        row.delete()
    return len(rows)


def answers_of(sheet: AnswerSheet) -> survey.Sheet:
    said: survey.Sheet = json.loads(sheet.answers) if sheet.answers else {}
    return said
