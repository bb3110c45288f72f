"""The words of people as a report prints them: on its page before and after it is published, and in its files."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from psp.choices import Language
from reporting.models import Release


@dataclass(frozen=True, slots=True)
class Said:
    """One story: nothing but the words, and the language in which they were written and are printed."""

    language: str
    text: str

    @property
    def language_name(self) -> str:
        return str(Language(self.language).label)

    def paragraphs(self) -> list[list[str]]:
        """The lines of each paragraph, as the person saw them."""
        return [part.strip("\n").split("\n") for part in self.text.split("\n\n") if part.strip()]


def said_in(release: Release) -> tuple[Said, ...]:
    """The copies that the report keeps, in the order in which they stand in it; never the people's own."""
    return tuple(Said(one.language, one.text) for one in release.stories.order_by("pk"))


def heading() -> str:
    return _("In their own words")


def about() -> str:
    return _(
        "People who took part wrote these words. They read them exactly as they are printed here, and agreed. "
        "No names are given."
    )
