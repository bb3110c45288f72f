"""The private address of somebody's calendar: making it, ending it, and what it answers."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from contact.smtp import neutral_domain
from intake.limits import wait_for_disk
from psp.areas import is_participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry as AuditEntry
from psp.choices import Language
from psp.crypto import cipher
from psp.errors import require
from psp.models import User
from psp.sight import sight_of
from sessions import ics
from sessions.choices import SessionState
from sessions.models import CalendarFeed, GroupSession
from sessions.querysets_calendar import LEADING

# 256 bits: nobody finds one by trying.
TOKEN_BYTES = 32
COLUMN = "peer_sessions.calendarfeed.digest"
# In the order of ics.Entry, but for the state.
TOLD = ("id", "starts_at", "ends_at", "state", "revision", "changed_at", "group__name_en", "group__name_fr")


def may_have_feed(user: Any) -> bool:
    """Participants, and those who lead."""
    return is_participant(user) or sight_of(user).has(*LEADING)


@transaction.atomic
def make_feed(*, person: User, by: User, shows_names: bool = False) -> str:
    """A new address; the one before stops at once. Returns its secret part, which is kept nowhere.

    Forbidden for anybody but the person, and for those who have no sessions of their own.
    """
    locked = _own_account(person, by)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {"digest": digest_of(token), "shows_names": shows_names, "made_at": timezone.now(), "idle_since": None}
    feed, made = CalendarFeed.objects.update_or_create(person=locked, defaults=values)
    action = Action.CREATE if made else Action.CHANGE
    audit.record(action, feed, person=locked.pk, purpose=Purpose.OWN, fields=("digest", "shows_names"))
    return token


@transaction.atomic
def name_in_feed(*, person: User, by: User, shows_names: bool) -> None:
    """Whether titles say the name of the group; calendars take it over when they fetch next."""
    locked = _own_account(person, by)
    feed = CalendarFeed.objects.filter(person=locked).first()
    if feed is None or feed.shows_names == shows_names:
        return
    feed.shows_names = shows_names
    feed.save(update_fields=["shows_names"])
    audit.record(Action.CHANGE, feed, person=locked.pk, purpose=Purpose.OWN, fields=("shows_names",))


@transaction.atomic
def end_feed(*, person: User, by: User) -> bool:
    """The address leads nowhere from this moment on. Whether there was one."""
    return _end(_own_account(person, by))


def end_feed_of(person: User) -> bool:
    """`end_feed` for what ends with something else, in its transaction."""
    return _end(person)


def _end(person: User) -> bool:
    feed = CalendarFeed.objects.filter(person=person).first()
    if feed is None:
        return False
    audit.record(Action.DELETE, feed, person=person.pk, purpose=Purpose.OWN)
    feed.delete()
    return True


def _own_account(person: User, by: User) -> User:
    locked: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    require(by.pk == locked.pk and may_have_feed(locked), "calendar_feed")
    return locked


# --- What an address answers ----------------------------------------------------------------------


def digest_of(token: str) -> str:
    return cipher.blind_index(token, secret=cipher.decode_key(settings.PSP_INDEX_KEY), column=COLUMN)


def feed_of(token: str) -> CalendarFeed | None:
    """One indexed look, whether the address is in use, ended, or never was."""
    rows = CalendarFeed.objects.leading_somewhere().filter(digest=digest_of(token)).select_related("person")
    lately = _fetches(OuterRef("person_id"), timezone.now() - timedelta(days=1))
    told = rows.only("person__language", "shows_names").annotate(noted=Exists(lately))
    found: CalendarFeed | None = told.first()
    return found


def content_of(feed: CalendarFeed, now: datetime) -> bytes:
    """The owner's sessions as they stand: whatever is not theirs any more is gone from it."""
    rows = GroupSession.objects.in_calendar_of(feed.person).filter(starts_at__gte=now - ics.KEPT_FOR)
    entries = [entry_of(*row) for row in rows.order_by("starts_at", "pk").values_list(*TOLD)]
    language = Language(feed.person.language).value
    return ics.feed(entries, language=language, domain=neutral_domain(), shows_names=feed.shows_names)


def entry_of(pk: Any, starts_at: Any, ends_at: Any, state: str, *more: Any) -> ics.Entry:
    return ics.Entry(pk, starts_at, ends_at, state == SessionState.CANCELLED, *more)


def file_of(session: GroupSession, language: str) -> bytes:
    """One session as a file; `session` with its group."""
    values = (session.pk, session.starts_at, session.ends_at, session.state, session.revision, session.changed_at)
    entry = entry_of(*values, session.group.name_en, session.group.name_fr)
    return ics.single(entry, language=language, organizer=parseaddr(settings.DEFAULT_FROM_EMAIL)[1])


def note_fetched(feed: Any) -> None:
    """One line a day in the access log: a calendar asks every few hours, and a log full of that hides the rest.

    `feed`: from `feed_of`, which knows whether it was `noted` lately.
    """
    if not feed.noted:
        audit.record(Action.READ, feed, person=feed.person_id, purpose=Purpose.OWN)
        wait_for_disk()


def last_fetched(person: User, since: datetime) -> datetime | None:
    """When a calendar fetched last (within a day of it), from the access log, where nothing else is such a reading."""
    rows = _fetches(person.pk, since)
    found: datetime | None = rows.order_by("-at").values_list("at", flat=True).first()
    return found


def _fetches(person: Any, since: datetime) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.filter(person=person, at__gte=since, action=Action.READ)
    return rows.filter(model=CalendarFeed._meta.label_lower)


# --- Addresses that nobody needs any more ----------------------------------------------------------


@transaction.atomic
def forget_feeds(today: date) -> int:
    """By beat: note who has no group any more, and end what has had no purpose for some time. How many ended.

    Not at once: until then the address answers with an empty calendar, which takes the dates out of every calendar
    that subscribes to it. An address that is gone would leave them there.
    """
    idle = CalendarFeed.objects.without_groups()
    CalendarFeed.objects.filter(idle_since__isnull=False).exclude(pk__in=idle.values("pk")).update(idle_since=None)
    idle.filter(idle_since__isnull=True).update(idle_since=today)
    over = idle.filter(idle_since__lt=today - timedelta(days=settings.PSP_FEED_IDLE_DAYS))
    return sum(_end(feed.person) for feed in over.select_related("person"))
