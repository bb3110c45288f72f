"""What stands against each of the four assessed risks, and the checks behind it ([PIA] rule 13).

`checks`: numbers of properties in `docs/security.md`, or names of test files (`privacy_copy` for
`tests/integration/test_privacy_copy.py`). A test fails where one does not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

PROPERTIES = "docs/security.md"
# "| 17, 18 | sentence | tests |"
_ROW = re.compile(r"^\| ([\d, ]+) \| (.+?) \| (.+) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that stands against a risk, in a plain sentence."""

    text: Any
    checks: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Risk:
    code: str
    title: Any
    danger: Any
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Sees:
    who: Any
    what: Any


WHO_SEES = (
    Sees(_("You"), _("Your whole file, and who opened it.")),
    Sees(_("Coordinators"), _("The files of their own region. For any other, they must say why, and you see it.")),
    Sees(_("People who lead a group"), _("The names that people in their group chose, and who came.")),
    Sees(_("Supervisors"), _("The people who lead groups. Not your file.")),
    Sees(_("People who do the statistics"), _("Totals. Small ones are hidden from them too.")),
    Sees(_("Privacy officer"), _("Who opened what, and what people ask. Not your file.")),
    Sees(_("Those who look after accounts"), _("Settings and accounts. Not your answers.")),
)

PROTECTION = (
    Answer(_("What is written about you is locked with a key of your own. A stolen copy cannot be read."), (23, 25)),
    Answer(_("People on our team show two proofs of who they are before they can get in."), (7, 8)),
    Answer(
        _(
            "A coordinator opens the files of their own region. For any other, they must say why. It ends after one"
            " hour, and you see it."
        ),
        (1, "privacy_glass"),
    ),
    Answer(_("Each look at your file is written down first. If that fails, the file stays shut."), (4, 5)),
    Answer(_("Nobody on our team can change that list. If someone tries, it shows."), (6,)),
    Answer(_("What we send you does not say what it is about, unless you want that."), (26, 27)),
    Answer(_("You can leave this site fast. The Back button then shows nothing of it."), (17,)),
    Answer(_("No other company sees what you do here."), (20,)),
)

RISKS = (
    Risk(
        "accountability", _("Someone must answer for it"),
        _("The risk: no one is in charge, so no one notices when things go wrong."),
        (
            Answer(_("The program and its privacy officer are named on this page."), ("privacy_public",)),
            Answer(_("Each look at a file has a name and a reason."), (4,)),
            Answer(_("What you ask has a last day, and the privacy officer sees it too."), ("privacy_rights",)),
            Answer(_("Nothing is deleted early by one person alone."), ("privacy_holds",)),
        ),
    ),
    Risk(
        "notice", _("You must be told first"),
        _("The risk: people give answers and do not know why we ask."),
        (
            Answer(_("Each question says why we ask it, right where we ask it."), ("intake_form",)),
            Answer(_("You read the notice before you send anything. We keep which one you read."), ("intake_sending",)),
            Answer(_("You say yes to each thing by itself. You can take each one back, and it stops at once."), (34,)),
            Answer(
                _("When our words change, we ask you again. What you signed stays as it was."), ("consent_services",)
            ),
        ),
    ),
    Risk(
        "transparency", _("You must be able to look"),
        _("The risk: people cannot see what is held about them, or what is done with it."),
        (
            Answer(_("You can get a copy of all of it, at once, on any day."), ("privacy_copy",)),
            Answer(_("You can see who opened your file, and when."), (4,)),
            Answer(
                _("This page is made from the program itself. If something new is held and not listed, our tests"
                  " fail."),
                ("privacy_datamap",),
            ),
            Answer(_("You see why we decided what we did."), ("intake_portal",)),
        ),
    ),
    Risk(
        "security", _("It must be kept safe"),
        _("The risk: someone reads, changes or loses what you told us."),
        (
            Answer(_("It is locked, with keys kept in another place."), (23, 24, 25)),
            Answer(_("Each door of this site is tried by each kind of person, in our tests."), (1, 12)),
            Answer(_("Nothing you told us lands in the notes that computers keep."), (21, 22)),
            Answer(_("Totals that we publish let no one be known."), (35,)),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Property:
    number: int
    sentence: str
    tests: tuple[str, ...]


@cache
def properties() -> dict[int, Property]:
    """What `docs/security.md` lists; nothing where the documents were left out of an installation."""
    path = settings.BASE_DIR / PROPERTIES
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found: dict[int, Property] = {}
    for numbers, sentence, tests in _ROW.findall(text):
        named = tuple(re.findall(r"`([^`]+\.py)[^`]*`", tests))
        found |= {int(number): Property(int(number), sentence, named) for number in numbers.split(",")}
    return found


def shown(check: int | str) -> dict[str, str]:
    """{"label", "url"}; no address where the source has none that is public (`PSP_SOURCE_URL`)."""
    base = settings.PSP_SOURCE_URL
    if isinstance(check, int):
        return {"label": str(check), "url": f"{base}/{PROPERTIES}" if base else ""}
    return {"label": check.replace("_", "-"), "url": f"{base}/{test_file(check)}" if base else ""}


def test_file(name: str) -> str:
    return f"tests/integration/test_{name}.py"


def answers(listed: tuple[Answer, ...]) -> list[dict[str, Any]]:
    return [{"text": one.text, "checks": [shown(check) for check in one.checks]} for one in listed]


def risks() -> list[dict[str, Any]]:
    return [
        {"code": one.code, "title": one.title, "danger": one.danger, "answers": answers(one.answers)} for one in RISKS
    ]
