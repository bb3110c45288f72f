"""The board of a forming: its groups side by side, and who is in none. Reads only; views write the access log.

What is true comes from `groups.arrangement`; here it is put into words and cards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from groups.arrangement import Arranged, Arrangement
from groups.board_words import Wish, dates, group_name, traits, waiting_of, wishes_of
from groups.choices import FormingState, InvitationState
from groups.forming_checks import Misfit, person_misfits
from groups.forming_words import fault_sentence, misfit_sentence, when, why_unplaced
from groups.models import Forming, FormingGroup, FormingLead, FormingPlace, Invitation
from groups.pool import PoolPerson
from intake.desk import waiting_text
from psp.bilingual import reader_language
from psp.calendar_text import time_of_day

# People without a group are shown in pages of so many: a board is for looking at.
OUTSIDE = 40
OPTION = '<option value="{}" data-number="{}">{} · {}</option>'


@dataclass(frozen=True, slots=True)
class PersonCard:
    """One person of the pool, as the board shows them. `suits`: groups where they would fit, `others`: where not.

    `elsewhere`: that they are in a group of another draft too, in words. `answer`: what became of the invitation.
    """

    place: FormingPlace
    name: str
    reference: str
    waited: str
    days: int
    wishes: list[Wish]
    own_clock: str
    problems: list[str]
    elsewhere: str
    answer: str
    suits: list[GroupColumn]
    others: list[GroupColumn]


@dataclass(slots=True)
class GroupColumn:
    """One group that is thought of; `people` is filled once all columns are known. `option`: it as a choice of the list
    "Move to…", written once for all who could choose it."""

    group: FormingGroup
    name: str
    when: str
    dates: str
    traits: str
    lacks: list[str]
    leads: list[tuple[FormingLead, list[str]]]
    people: list[PersonCard]
    option: SafeString

    @property
    def waiting(self) -> str:
        return waiting_of([card.days for card in self.people])


@dataclass(frozen=True, slots=True)
class Section:
    """People without a group for one reason; with what would make one for some of them ("" where nothing named)."""

    words: str
    lacks: list[tuple[str, list[PersonCard]]]


@dataclass(frozen=True, slots=True)
class Board:
    """`outside` is one page of all who are in no group."""

    forming: Forming
    columns: list[GroupColumn]
    outside: list[Section]
    excluded: list[PersonCard]
    outside_count: int
    placed: int
    ready: bool

    @property
    def shown(self) -> list[FormingPlace]:
        """For the access log."""
        inside = (card for column in self.columns for card in column.people)
        outside = (card for section in self.outside for _lack, cards in section.lacks for card in cards)
        return [card.place for card in (*inside, *outside, *self.excluded)]


def board_of(arrangement: Arrangement, *, page: int = 1, drafts: Mapping[UUID, str] | None = None) -> Board:
    """`drafts`: whose other draft somebody is in a group of, by participant."""
    columns = [_column(arrangement.forming, one) for one in arrangement.groups]
    cards = _Cards(arrangement, columns, drafts or {})
    for column, one in zip(columns, arrangement.groups, strict=True):
        column.people = [cards.of(place, one) for place in one.places]
    start = OUTSIDE * (max(1, page) - 1)
    shown = arrangement.unplaced[start : start + OUTSIDE]
    return Board(
        arrangement.forming, columns, _sections(arrangement.forming, shown, cards),
        [cards.of(place) for place in arrangement.excluded], len(arrangement.unplaced), arrangement.placed,
        bool(arrangement.groups) and all(one.ready for one in arrangement.groups),
    )  # fmt: skip


def _column(forming: Forming, one: Arranged) -> GroupColumn:
    leads = [(lead, _sentences(one.misfits.get(lead.user_id, ()))) for lead in one.leads]
    lacks = [fault_sentence(fault, forming) for fault in one.faults]
    name, at = group_name(one.group.number), when(one.group.starts_at, forming)
    return GroupColumn(
        one.group, name, at, dates(one.group, forming), traits(one.group), lacks, leads, [],
        format_html(OPTION, one.group.pk, one.group.number, name, at),
    )  # fmt: skip


def _sentences(misfits: Iterable[Misfit]) -> list[str]:
    return [misfit_sentence(one) for one in misfits]


def _sections(forming: Forming, places: Sequence[FormingPlace], cards: _Cards) -> list[Section]:
    """Those who lack the same thing stand together; the order is that of the longest waiting of each."""
    found: dict[str, dict[str, list[PersonCard]]] = defaultdict(lambda: defaultdict(list))
    for place in places:
        pooled = cards.people.get(place.participant_id)
        reason, lack, *_rest = *why_unplaced(place, forming, has_times=pooled is None or bool(pooled.week)), "", ""
        found[reason][lack].append(cards.of(place))
    return [Section(reason, list(here.items())) for reason, here in found.items()]


def answers_to(forming: Forming) -> dict[UUID, str]:
    """What became of each invitation that this arrangement led to, in words; the last one to each person."""
    if forming.state != FormingState.SENT:
        return {}
    rows = Invitation.objects.filter(group__thought_of__forming=forming, participant__isnull=False).order_by("sent_at")
    return {one: str(InvitationState(state).label) for one, state in rows.values_list("participant_id", "state")}


class _Cards:
    """Makes the cards of one board: one clock, one language for all."""

    def __init__(self, arrangement: Arrangement, columns: list[GroupColumn], drafts: Mapping[UUID, str]) -> None:
        self.drafts, self.answers = drafts, answers_to(arrangement.forming)
        self.forming, self.now, self.language = arrangement.forming, timezone.now(), reader_language()
        self.columns = list(zip(columns, arrangement.groups, strict=True))
        self.people: dict[UUID, PoolPerson] = {one.participant_id: one for one in arrangement.pool.people}
        self.away: dict[str, set[str]] = defaultdict(set)
        for one, other in arrangement.pool.apart:
            self.away[one].add(other)
            self.away[other].add(one)

    def of(self, place: FormingPlace, inside: Arranged | None = None) -> PersonCard:
        person, group = place.participant, inside.group if inside else None
        pooled = self.people.get(place.participant_id)
        suits, others = self._choices(place, pooled)
        return PersonCard(
            place, person.user.name, person.reference, waiting_text(place.waiting_since),
            max(0, (self.now - place.waiting_since).days), wishes_of(pooled, group, self.language) if pooled else [],
            self._own_clock(group, pooled), self._problems(place, inside, pooled), self._elsewhere(place),
            self.answers.get(place.participant_id, ""), suits, others,
        )  # fmt: skip

    def _elsewhere(self, place: FormingPlace) -> str:
        name = self.drafts.get(place.participant_id)
        return _("Also in a draft of %(name)s") % {"name": name} if name else ""

    def _choices(self, place: FormingPlace, pooled: PoolPerson | None) -> tuple[list[GroupColumn], list[GroupColumn]]:
        suits: list[GroupColumn] = []
        others: list[GroupColumn] = []
        away = self.away.get(str(place.participant.user_id), set())
        for column, arranged in self.columns:
            if arranged.group.pk == place.group_id:
                continue
            against = person_misfits(pooled, arranged.shape, away=away, most=self.forming.max_size)
            (others if against else suits).append(column)
        return suits, others

    def _problems(self, place: FormingPlace, inside: Arranged | None, pooled: PoolPerson | None) -> list[str]:
        if inside is not None:
            return _sentences(inside.misfits.get(place.participant.user_id, ()))
        return [] if pooled or self.forming.state == FormingState.SENT else _sentences([Misfit.GONE])

    def _own_clock(self, group: FormingGroup | None, pooled: PoolPerson | None) -> str:
        """The first session on the person's clock, where that shows another hour."""
        if group is None or pooled is None:
            return ""
        here, there = (group.starts_at.astimezone(ZoneInfo(zone)) for zone in (self.forming.time_zone, pooled.zone))
        if here.replace(tzinfo=None) == there.replace(tzinfo=None):
            return ""
        return _("%(time)s on their clock") % {"time": time_of_day(there, self.language)}
