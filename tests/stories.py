"""Stories for the reports, as the tests need them."""

from __future__ import annotations

from django.utils import timezone

from intake.models import Participant
from psp.models import User
from reporting.models import Release, Story
from reporting.stories.choices import StoryState
from reporting.stories.services import answer, propose, seen, write
from tests import factories as make

AGREE = ("taking_part", "story")
LINES = "It was good to find others. I laugh again."


def a_story(person: Participant, *, text: str = LINES, offer: bool = True, language: str = "en") -> Story:
    """Of somebody who agrees to stories."""
    make.agree(person.user, "story")
    return write(by=person.user, text=text, language=language, offer=offer)


def proposed(story: Story, by: User, wording: str = "") -> Story:
    return propose(story=story.pk, by=by, wording=wording or story.text, read=seen(story.text))


def agreed(person: Participant, by: User, *, text: str = LINES, wording: str = "") -> Story:
    row = proposed(a_story(person, text=text), by, wording)
    found = answer(by=person.user, yes=True, read=seen(row.wording))
    assert found.state == StoryState.AGREED
    return found


def a_waiting_report(by: User | None = None, *, period: str = "2025") -> Release:
    """Without tables: what tests of stories need of one."""
    return Release.objects.create(
        period=period, threshold=10, title_en="Figures", title_fr="Chiffres", digest="0" * 64, manifest="{}",
        cutoff_at=timezone.now(), prepared_by=by or make.an_analyst(),
    )  # fmt: skip
