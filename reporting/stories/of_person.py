"""A story as the person's information: their copy, erasure, files that become one, how long it is kept; what a
withdrawal does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consent.choices import ConsentPurpose
from consent.hooks import on_withdrawal
from contact.models import OutboxMessage
from contact.services import add_guard
from intake.merging import Mover, add_mover
from intake.models import Participant
from privacy.datamap import Basis, Erased, Holding, Topic, Use, add_topic, declare, these
from privacy.erasing import Eraser, add_eraser
from privacy.holdings import Line, Record, Section, add_section
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import newest
from psp.choices import Language
from psp.models import User
from reporting.models import Story
from reporting.period_words import period_name
from reporting.periods import parse
from reporting.stories import services
from reporting.stories.choices import StoryState

STORIES = frozenset({"reporting.story", "reporting.releasedstory"})
MAP = (
    Holding(
        "reporting.story", "person", "stories", these("id person language text wording state changed_at"),
        Use.EVALUATION, Basis.CONSENT, "agreed", Erased.DELETED, exported=("story",),
    ),
    Holding(
        "reporting.releasedstory", "story__person", "stories", these("id release story language text"),
        Use.EVALUATION, Basis.CONSENT, "agreed", Erased.ANONYMISED, exported=("story",),
    ),
)  # fmt: skip


def told(person: User) -> Iterable[Record]:
    row = services.own(person)
    if row is None:
        return
    reports = [period_name(parse(release.period)) for release in services.printed(row)]
    yield [
        Line(_("In your words"), row.text), Line(_("As it would be printed"), row.wording),
        Line(_("Language"), Language(row.language).label), Line(_("State"), StoryState(row.state).label),
        Line(_("Changed"), row.changed_at), Line(_("Printed in reports of"), reports),
    ]  # fmt: skip


def erase(person: User) -> Counter[str]:
    """What was published stays, as nobody's: nothing says any more who wrote it."""
    return Counter({"reporting.story": 1} if services.forget(person) else {})


def forget_with_the_consent(*, person: User, purpose: str) -> None:
    if purpose == ConsentPurpose.STORY:
        services.forget(person)


def move(kept: Participant, merged: Participant) -> list[str]:
    """Only to an account that agrees to stories itself and has none; otherwise it stays where that was said."""
    if not services.may_write(kept.user) or services.own(kept.user) is not None:
        return []
    return _hand_over(Story.objects.filter(person=merged.user_id), kept)


def back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    _hand_over(Story.objects.filter(pk__in=ids, person=kept.user_id), merged)


def _hand_over(rows: Any, to: Participant) -> list[str]:
    """Opened under one person's key and sealed under the other's."""
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for row in found:
        text, wording = row.text, row.wording
        row.person_id = to.user_id
        row.text, row.wording = text, wording
        row.save(update_fields=["person", "text", "wording"])
    return [str(row.pk) for row in found]


def last_changed(people: Collection[UUID]) -> Iterable[Used]:
    yield from newest(Story.objects.filter(person__in=people), "person_id", "changed_at")


def still_waits(message: OutboxMessage) -> bool:
    return Story.objects.filter(pk=message.context.get("story"), state=StoryState.PROPOSED).exists()


def register() -> None:
    add_topic(
        Topic(
            "stories", _("Stories for our reports"),
            _("What you wrote for our reports, and the words that you said yes to. Only if you agreed to it."),
            _("You, and the coordinators of your region. Analysts see the words that you said yes to, without your"
              " name."),
            order=64,
        )
    )  # fmt: skip
    declare(*MAP)
    add_section(Section("story", _("What you wrote for our reports"), told, STORIES, order=64))
    add_eraser(Eraser("story", STORIES, erase, order=10))
    add_mover(Mover("story", lambda _kept, _merged: [], lambda _kept, _merged: [], move, back, order=24))
    add_last_use(LastUse("story", last_changed))
    on_withdrawal(forget_with_the_consent)
    add_guard(services.NEWS, still_waits)
