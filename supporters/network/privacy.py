"""What the network holds about a person, for as long as they wish: their entry, whom they are in touch with, and the
meetings to which they come. It goes with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.datamap import EARLIER, HISTORY_FIELDS, Basis, Erased, Holding, Topic, Use, add_topic, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use
from psp.models import User
from supporters.network.choices import InterestCode, TouchState
from supporters.network.models import DirectoryEntry, EventPlace, Resource, Touch

ABOUT_TEAM = _("About a member of the team")
TOPIC = Topic(
    "network", _("Meeting other peer supporters"),
    _("Only if they wish: that they want to be found by others, what they like to talk about, with whom they are in"
      " touch and how they said they can be reached, and the meetings to which they come."),
    _("Other peer supporters who wish to be found too. Whoever is in touch with them sees what they wrote for that"
      " person. Nobody else on the team."),
    order=94, team=True,
)  # fmt: skip
MAP = (
    Holding(
        "supporters.directoryentry", "user", "network", these("id user interests line since"),
        Use.TEAM, Basis.CONSENT, "agreed", Erased.DELETED, exported=("directory",),
    ),
    Holding(
        "supporters.touch", "asker", "network",
        these("id asker asked state asker_way asked_way asked_at answered_at"),
        Use.TEAM, Basis.CONSENT, "agreed", Erased.DELETED, exported=("in_touch",), also=("asked",),
    ),
    Holding(
        "supporters.eventplace", "user", "network", these("id event user since"),
        Use.TEAM, Basis.CONSENT, "agreed", Erased.DELETED, exported=("network_events",),
    ),
    Holding(
        "supporters.networkevent", "made_by", "team",
        these("id title_en title_fr about_en about_fr place_en place_fr link starts_at ends_at places made_by made_at"
              " cancelled_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "supporters.resource", "suggested_by", "network",
        these("id topic language link title_en title_fr summary_en summary_fr state review_on broken_since"
              " suggested_by looked_at_by made_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.ANONYMISED, exported=("suggestions",), also=("looked_at_by",),
    ),
    Holding(
        "supporters.historicalresourcetopic", "history_user", "team",
        (*these("code name_en name_fr active order"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip


def entries(person: User) -> Iterable[Record]:
    for row in DirectoryEntry.objects.filter(user=person):
        yield [
            Line(_("You like to talk about"), [InterestCode(code).label for code in row.interests]),
            Line(_("In your words"), row.line), Line(_("Since"), row.since),
        ]  # fmt: skip


def touches(person: User) -> Iterable[Record]:
    """One's own words and days alone; a "not now" of the other one reads as no answer."""
    for row in Touch.objects.filter(Q(asker=person) | Q(asked=person)).order_by("asked_at"):
        mine = row.asker_id == person.pk
        told = TouchState.ASKED if mine and row.state == TouchState.DECLINED else TouchState(row.state)
        yield [
            Line(_("You asked"), mine), Line(_("State"), told.label),
            Line(_("How you can be reached"), row.asker_way if mine else row.asked_way), Line(_("Since"), row.asked_at),
        ]  # fmt: skip


def events(person: User) -> Iterable[Record]:
    for row in EventPlace.objects.filter(user=person).select_related("event").order_by("since"):
        yield [Line(_("Meeting"), Both(row.event.title_en, row.event.title_fr)), Line(_("Since"), row.since)]


def suggestions(person: User) -> Iterable[Record]:
    for row in Resource.objects.filter(suggested_by=person).order_by("made_at"):
        yield [Line(_("Link"), row.link), Line(_("Suggested"), row.made_at)]


def erase(person: User) -> Counter[str]:
    count = Resource.objects.filter(suggested_by=person).update(suggested_by=None)
    done = delete_rows(Touch.objects.filter(Q(asker=person) | Q(asked=person)))
    done += delete_rows(EventPlace.objects.filter(user=person))
    done += delete_rows(DirectoryEntry.objects.filter(user=person))
    return done + Counter({"supporters.resource": count} if count else {})


def last_uses(people: Collection[UUID]) -> Iterable[Used]:
    yield from in_use(DirectoryEntry.objects.filter(user__in=people), "user_id")


def register() -> None:
    add_topic(TOPIC)
    declare(*MAP)
    for code, title, collect, model, order in (
        ("directory", _("Your entry among peer supporters"), entries, "directoryentry", 61),
        ("in_touch", _("Other peer supporters with whom you are in touch"), touches, "touch", 62),
        ("network_events", _("Meetings of peer supporters to which you come"), events, "eventplace", 63),
        ("suggestions", _("Links that you suggested"), suggestions, "resource", 64),
    ):
        add_section(Section(code, title, collect, frozenset({f"supporters.{model}"}), order=order))
    models = frozenset(f"supporters.{name}" for name in ("directoryentry", "touch", "eventplace", "resource"))
    add_eraser(Eraser("network", models, erase, order=33))
    add_last_use(LastUse("network", last_uses, while_here=True))
