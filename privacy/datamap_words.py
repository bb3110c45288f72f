"""The data map in words: for the public page, and for `docs/data-map.md`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from privacy.datamap import Elsewhere, Erased, Holding, Topic, elsewhere, holdings, of_topic, topics

# Code of a rule → how long, in words. The law's floor is two years after the last use ([Privacy Act] rule 15).
LENGTHS: dict[str, Any] = {
    "file": _("At least two years after we last used it to help you. The law asks for that. Less, if you agree."),
    "consent": _("As long as your file, so that you and we can show what was agreed."),
    "with_file": _("As long as your file."),
    "message": _("As long as your file. What it said goes sooner: at least two years after it went out."),
    "history": _("What stood there before a change: at least two years after the change, and never longer than the"
                 " rest."),
    "request": _("At least two years after our answer."),
    "erasure": _("For good. It says only that something was deleted, and when."),
    "breach": _("What happened in a breach, and what was done about it: for good."),
    "access_log": _("At least two years after it was written down, also if your file goes sooner."),
    "finding": _("A question about who looked: as long as your file, or that of the team member, if that one goes"
                 " first."),
    "session": _("Until you sign out, and never more than 12 hours."),
    "saved_form": format_lazy(_("{days} days, or less if you throw it away. Then it is gone."),
                              days=settings.PSP_DRAFT_DAYS),
    "forming": format_lazy(_("While groups are being formed, and at most {days} days after that."),
                           days=settings.PSP_FORMING_DAYS),
    "short_call": _("Until the day after the call. Then it is gone."),
    "place": _("The times of your sessions: as long as your place in the group."),
    "calendar": format_lazy(_("The private address of your calendar: until you end it, or {days} days after your"
                              " last group."),
                            days=settings.PSP_FEED_IDLE_DAYS),
    "drop_in": format_lazy(_("A code for a session: until {days} days after you used it, or until it is too old to"
                             " use."),
                           days=settings.PSP_DROP_IN_DAYS),
    "interest": _("That you said so: until it is taken up. If nobody takes it up: as long as your file, or one year if"
                  " you have none."),
    "agreed": _("As long as you agree to it, and never longer than your file."),
    "feedback": format_lazy(_("Locked for {days} days, then counted with what others said. Where too few answered, it"
                              " waits for others, {most} days at most. Then the key is destroyed."),
                            days=settings.PSP_FEEDBACK_DAYS, most=settings.PSP_FEEDBACK_DROP_DAYS),
    "evaluation": format_lazy(_("After a training: locked, and counted with what others said. The key is destroyed"
                                " {days} days after the last day to answer, or {most} days after it where too few"
                                " answered."),
                              days=settings.PSP_EVALUATION_DAYS, most=settings.PSP_FEEDBACK_DROP_DAYS),
    "incident": format_lazy(_("Until {days} days after it was closed."), days=settings.PSP_INCIDENT_DAYS),
    "lesson": format_lazy(_("{days} days. It names nobody."), days=settings.PSP_LESSON_DAYS),
    "apart": _("As long as the files of both. It goes with the first of the two."),
    "wellbeing": _("Some weeks, as the program sets it. Then it is gone."),
    "pause": _("A pause: as long as it lasts, and a day or two more."),
    "over": format_lazy(_("Talks, and what was said after a session or settled before one: until {days} days after"
                          " it is over."),
                        days=settings.PSP_DEBRIEF_DAYS),
    "door": _("The open door: until the night after."),
    "cover": _("Who stood in for whom: about one year after the session, while hours can be noted for it."),
    "pay": _("As the law asks of records of pay: six years after the year in which they were paid. Then they are"
             " deleted."),
    "team": _("As long as the person works here, and at least two years more."),
}  # fmt: skip


def length(code: str) -> Any:
    return LENGTHS[code]


def erased(holding: Holding) -> Any:
    """What becomes of it, with the reason where it stays."""
    if holding.erased == Erased.KEPT:
        return format_lazy("{label}: {why}", label=Erased.KEPT.label, why=holding.kept_because)
    return holding.erased.label


def once(values: Iterable[Any]) -> list[str]:
    """In the reader's language, each said once, in the order in which they come."""
    return list(dict.fromkeys(str(value) for value in values))


def heading(topic: Topic) -> dict[str, Any]:
    """One heading of the public page, from all its tables."""
    # What is in the copy speaks first: it is what people ask about.
    rows = sorted(of_topic(topic), key=lambda row: not row.exported)
    return {
        "code": topic.code, "title": topic.title, "what": topic.what, "seen_by": topic.seen_by, "team": topic.team,
        "why": once(row.purpose.label for row in rows), "law": once(row.basis.label for row in rows),
        "kept": once([*(length(row.retention) for row in rows), *(length(row.past) for row in rows if row.history)]),
        "erased": once(erased(row) for row in rows),
        "in_copy": any(row.exported for row in rows),
        "not_in_copy": once(row.not_exported for row in rows if not row.exported),
    }  # fmt: skip


def headings() -> list[dict[str, Any]]:
    return [heading(topic) for topic in topics()]


def places() -> list[Elsewhere]:
    return elsewhere()


# --- docs/data-map.md ---


def document() -> str:
    """Every table with its fields, in English: for those who look after the program, and for auditors."""
    parts = [
        "# Data map",
        "",
        "Made from what each app declares in its `privacy.py` by `python -m tools.check_docs --write`. A table or a"
        " field that reaches a person and is missing here fails `integration/test_privacy_datamap.py`. The public page"
        " “What we hold” says the same in plain words.",
    ]
    for topic in topics():
        parts += ["", f"## {topic.title}", "", f"{topic.what} Seen by: {topic.seen_by}"]
        for row in holdings():
            if row.topic == topic.code:
                parts += ["", *_table(row)]
    parts += ["", "## Outside the tables", ""]
    parts += [f"- **{place.title}**: {place.what} {place.until}" for place in elsewhere()]
    return "\n".join(parts) + "\n"


def _table(row: Holding) -> list[str]:
    copied = ", ".join(row.exported) if row.exported else f"no. {row.not_exported}"
    said = [
        ("Person", row.path or "the row itself"), ("Also names", ", ".join(row.also)),
        ("Fields", ", ".join(row.fields)), ("Purpose", row.purpose.label), ("Basis", row.basis.label),
        ("Kept", f"rule `{row.retention}`. {length(row.retention)}"), ("In the copy", copied),
        ("When erased", erased(row)),
    ]  # fmt: skip
    return [f"### `{row.model}`", "", *(f"- {label}: {text}" for label, text in said if text)]
