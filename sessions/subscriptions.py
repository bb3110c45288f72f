"""What sessions do when something happens on the floors below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from consent.choices import ConsentPurpose
from consent.hooks import on_withdrawal
from contact.registry import add_must_reach
from contact.reminding import add_source
from contact.services import add_guard
from groups import dates, hooks
from sessions import (
    changes_told,
    forgetting,
    free,
    notices,
    reminders,
    services,
    services_coming,
    services_cover,
    services_debrief,
    services_follow_up,
    services_questions,
)
from sessions.choices import SessionState
from sessions.group_dates import dates_of
from sessions.models import GroupSession
from supporters import hooks as care


def subscribe() -> None:
    add_source(reminders.SOURCE)
    for template in changes_told.TEMPLATES:
        add_guard(template, changes_told.still_holds)
    add_guard(changes_told.NOT_YOURS, changes_told.still_not_theirs)
    for template in (changes_told.CANCELLED, changes_told.MOVED, changes_told.NOT_YOURS):
        add_must_reach(template)
    add_guard(notices.DATES, notices.still_dated)
    add_guard(services_debrief.ASKED, services_debrief.still_asked)
    add_guard(services_follow_up.OFFER, services_follow_up.still_offered)
    on_withdrawal(services_follow_up.end_offers)
    on_withdrawal(forgetting.forget_codes)
    on_withdrawal(_forget_answers)
    care.on_paused(services_cover.away_from_now)
    care.on_back(services_cover.back_again)
    care.on_away(services_cover.away_between)
    care.on_ended(services_cover.away_from_now)
    hooks.on_ended(_end_series)
    hooks.on_left(_forget_coming)
    hooks.on_established(_plan_what_was_promised)
    dates.add_source(_series)
    dates.add_free_check(free.check_place)
    dates.add_calendar(_dates)


def _series(group: Any) -> list[tuple[datetime, datetime]]:
    """As they are set; before that, as they would be."""
    return [(one.starts_at, one.ends_at) for one in dates_of(group) if one.state != SessionState.CANCELLED]


def _plan_what_was_promised(group: Any, *, by: Any) -> None:
    """Whoever was invited said yes to all the dates, so they stand as soon as the group does."""
    if group.invitations.exists():
        services.schedule_series(group=group, by=by)


def _end_series(group: Any, *, by: Any) -> None:
    services.end_series(group)


def _dates(groups: Collection[UUID]) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """Sessions that are still to come, of groups whose dates are set."""
    rows = GroupSession.objects.filter(group__in=groups).values_list("group_id", "state", "starts_at", "ends_at")
    found: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for group, state, starts, ends in rows:
        coming = found[group]
        if state == SessionState.SCHEDULED and ends > timezone.now():
            coming.append((starts, ends))
    return dict(found)


def _forget_coming(membership: Any, *, by: Any) -> None:
    services_coming.forget(membership)


def _forget_answers(*, person: Any, purpose: str) -> None:
    """What was answered with one's name lasts as long as the consent to it."""
    if purpose == ConsentPurpose.EVALUATION:
        services_questions.forget(person)
