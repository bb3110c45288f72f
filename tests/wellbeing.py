"""Things about how those who lead are, for tests that look at every page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from groups.models import PeerGroup
from psp.choices import Role
from psp.models import User
from sessions.models import Cover, GroupSession
from supporters.models import CareOffer, CheckIn, CheckInQuestion
from supporters.wellbeing.services_checkin import check_in, share
from tests import factories


def settings_of_wellbeing() -> dict[str, Any]:
    """What the administrators' addresses name, with a line of history each."""
    found: dict[str, Any] = {}
    for model, key in ((CareOffer, "assistance"), (CheckInQuestion, "rest")):
        row = model.objects.get(pk=key)
        row.save()
        name = f"history_supporters_{model._meta.model_name}"
        found |= {f"{name}_object": row, name: row.history.first()}
    return found


def a_cover(group: PeerGroup) -> Cover:
    """A session of the group in some days that somebody was to lead and cannot; nobody has been found."""
    soon = timezone.now() + timedelta(days=9)
    session = GroupSession.objects.create(group=group, number=9, starts_at=soon, ends_at=soon + timedelta(hours=1))
    return Cover.objects.create(session=session, lead=factories.a_facilitator())


def a_check_in(user: User, **said: Any) -> CheckIn:
    row = check_in(user=user, by=user, **({"colour": "hard", "word": "Canari mot"} | said))
    assert row is not None
    return row


def check_ins(user: User, supervisor: User) -> dict[str, Any]:
    """One of this supporter's, which this supervisor may read; and one of somebody else's, which neither may."""
    mine, theirs = a_check_in(user), a_check_in(factories.a_facilitator())
    share(check_in=mine, with_whom=supervisor, by=user)
    share(check_in=theirs, with_whom=factories.with_role(factories.a_user(), Role.SUPERVISOR), by=theirs.user)
    return {"check_in_here": mine, "check_in_there": theirs, "shared_with": supervisor}
