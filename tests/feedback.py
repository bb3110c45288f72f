"""Sessions that were held, slips from people's own pages, and answers sent back, as the tests of feedback need them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from groups.models import PeerGroup
from intake.models import Participant
from psp.models import User
from sessions.choices import AttendanceStatus
from sessions.models import Attendance, GroupSession
from sessions.services_feedback import open_boxes
from tests import factories as make
from tests.browser import Browser

SLIP = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}\b")


def a_held_session(
    by: User,
    people: Iterable[Participant] = (),
    *,
    group: PeerGroup | None = None,
    days_ago: float = 0.1,
    number: int = 1,
) -> GroupSession:
    """Over since `days_ago`, with these people in it, and its box open if the time for that is not over."""
    group = group or make.a_group(by)
    ended = timezone.now() - timedelta(days=days_ago)
    session = GroupSession.objects.create(
        group=group, number=number, starts_at=ended - timedelta(hours=1), ends_at=ended
    )
    for person in people:
        if not person.memberships.filter(group=group).exists():
            make.add_member(group=group, participant=person, by=by)
        Attendance.objects.create(session=session, participant=person, status=AttendanceStatus.PRESENT, recorded_by=by)
    open_boxes(timezone.now())
    return session


def signed_in(user: User) -> Browser:
    browser = Browser()
    make.sign_in(browser, user)
    return browser


def take_slip(browser: Browser, session: GroupSession) -> Any:
    """The answer to pressing the button on the person's own page."""
    address = f"/en/my/sessions/{session.pk}/feedback/"
    nonce = re.search(r'name="nonce" value="([0-9a-f]+)"', browser.get(address).content.decode())
    assert nonce
    return browser.post(address, {"nonce": nonce[1]})


def slip_in(answer: Any) -> str:
    found = SLIP.search(answer.content.decode())
    assert found, answer.content.decode()
    return found[0]


def send(browser: Browser, slip: str, **said: str) -> Any:
    """The form behind the slip, sent from any browser."""
    answers = {f"q_{code}": value for code, value in said.items()}
    return browser.post("/en/feedback/", {"code": slip, "send": "1"} | answers)
