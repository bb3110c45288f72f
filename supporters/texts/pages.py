"""What the pages about agreements and the protocol show. Reads only."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.bilingual import reader_language
from psp.calendar_text import long_date, machine_time
from psp.models import User
from supporters.choices import TextKind
from supporters.models import Acknowledgement, ProgramText
from supporters.texts.reading import current, kinds_for, last_acknowledged, needs_acknowledging
from supporters.texts.rules import Mark, SectionDiff, differences

Row = dict[str, Any]


def text_for(user: User, area: str) -> ProgramText | None:
    """The text that this area asks about: the one that waits, else the first that the account works by."""
    kinds = kinds_for(user)
    if area != "lead":
        kinds = [kind for kind in kinds if kind == TextKind.AGREEMENT_STAFF]
    waiting = [text for text in needs_acknowledging(user) if text.kind in kinds]
    return waiting[0] if waiting else current(kinds[0]) if kinds else None


def agreement(user: User, text: ProgramText) -> Row:
    """The whole text, what is different from the version agreed to last, and what was agreed to before."""
    code = reader_language()
    last = last_acknowledged(user, text.kind)
    changed = bool(last and last.text_id != text.pk)
    return {
        "text": text, "sections": text.read_in(code), "done": last if last and not changed else None,
        "before": last.text if last and changed else None,
        "changes": between(last.text, text, code) if last and changed else [],
        "published": day(text.published_at), "done_on": day(last.at) if last and not changed else "",
        "earlier": [said_line(row) for row in said_by(user)],
    }  # fmt: skip


def address(name: str) -> str:
    """Where that page is; "" while this site has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def said_by(user: User) -> list[Acknowledgement]:
    rows = Acknowledgement.objects.filter(user=user).select_related("text")
    return list(rows.order_by("-at"))


def said_line(row: Acknowledgement) -> Row:
    return {"text": row.text, "id": row.pk, "on": day(row.at), "iso": machine_time(row.at)}


def day(moment: Any) -> str:
    return long_date(timezone.localdate(moment), reader_language(), article=False) if moment else ""


def between(old: ProgramText, new: ProgramText, code: str) -> list[Row]:
    """Everything that a reader of that language finds different: the title first, then section by section."""
    was, now = getattr(old, f"title_{code}"), getattr(new, f"title_{code}")
    title = SectionDiff("title", Mark.CHANGED, now, was, ())
    return shown([*([title] if was != now else []), *differences(old.sections, new.sections, code)])


def shown(found: list[SectionDiff]) -> list[Row]:
    """Each section that differs: its heading, a word for what became of it, and the points that came or went."""
    return [
        {
            "code": one.code, "heading": one.heading, "old_heading": one.old_heading, "word": mark_word(one.mark),
            "kind": {Mark.ADDED: "success", Mark.REMOVED: "warning"}.get(one.mark, "neutral"),
            "lines": [
                {"text": text, "added": mark == Mark.ADDED, "removed": mark == Mark.REMOVED}
                for mark, text in one.lines if mark in (Mark.ADDED, Mark.REMOVED)
            ],
        }
        for one in found
    ]  # fmt: skip


def mark_word(mark: Mark) -> str:
    return {
        Mark.ADDED: _("New"), Mark.REMOVED: _("No longer there"), Mark.CHANGED: _("Changed"), Mark.MOVED: _("Moved"),
        Mark.SAME: "",
    }[mark]  # fmt: skip


def waiting_card(user: User, area: str) -> Row | None:
    """For a front page: the text that waits, with its address; None where nothing does."""
    text = text_for(user, area)
    if text is None or Acknowledgement.objects.filter(user=user, text=text).exists():
        return None
    return {"text": text, "url": reverse(f"{area}:agreement"), "first": text.number == 1 or not said_by(user)}
