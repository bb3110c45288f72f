"""Documents made from the code are current; `--write` makes them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent


Machine = tuple[str, Mapping[Any, frozenset[Any]]]


def machines() -> list[Machine]:
    """Every state machine, by the name under which people know it."""
    from contact import choices as contact
    from groups import choices as groups
    from intake import choices as intake
    from privacy import choices as privacy
    from privacy import choices_retention as retention
    from reporting import choices as reporting
    from reporting.stories import choices as stories
    from sessions import choices as sessions
    from sessions import choices_cover as cover
    from sessions import choices_video as video
    from supporters import choices as supporters
    from supporters.hours import choices as workload
    from supporters.incidents import choices as incidents
    from supporters.network import choices as network
    from supporters.supervision import choices as supervision
    from supporters.training import choices as training

    return [
        ("Application", intake.TRANSITIONS), ("Intake meeting", intake.MEETING_TRANSITIONS),
        ("Waiting place", intake.WAITING_TRANSITIONS),
        ("Group", groups.TRANSITIONS), ("Place in a group", groups.MEMBERSHIP_TRANSITIONS),
        ("Invitation", groups.INVITATION_TRANSITIONS), ("Waiting for an open group", groups.QUEUE_TRANSITIONS),
        ("Groups that are thought of", groups.FORMING_TRANSITIONS), ("Search for groups", groups.RUN_TRANSITIONS),
        ("Session", sessions.TRANSITIONS), ("Meeting by video", video.VIDEO_TRANSITIONS),
        ("Message", contact.TRANSITIONS),
        ("Request about one's own information", privacy.TRANSITIONS), ("Deletion", privacy.ERASURE_TRANSITIONS),
        ("Breach", privacy.BREACH_TRANSITIONS),
        ("Call", contact.CALL_TRANSITIONS),
        ("Coming by a code", sessions.DROP_IN_TRANSITIONS), ("Support asked for", sessions.SUPPORT_TRANSITIONS),
        ("Call after a group", sessions.CALL_OFFER_TRANSITIONS),
        ("Talk with a supervisor", supervision.TALK_TRANSITIONS),
        ("Somebody to lead a session", cover.COVER_TRANSITIONS),
        ("Disposal", retention.BATCH_TRANSITIONS),
        ("Peer supporter", supporters.SUPPORTER_TRANSITIONS),
        ("Cohort of a course", training.COHORT_TRANSITIONS),
        ("Place in a cohort", training.ENROLMENT_TRANSITIONS),
        ("Request for a course", training.ASKED_TRANSITIONS),
        ("Incident", incidents.INCIDENT_TRANSITIONS), ("Follow-up with a person", incidents.FOLLOW_UP_TRANSITIONS),
        ("Line of hours", workload.HOURS_TRANSITIONS), ("Leave", workload.LEAVE_TRANSITIONS),
        ("Accommodation", workload.NEED_TRANSITIONS),
        ("Support before somebody leads", supporters.CONCERN_TRANSITIONS),
        ("Being put in touch", network.TOUCH_TRANSITIONS), ("Resource of the library", network.RESOURCE_TRANSITIONS),
        ("Report", reporting.RELEASE_TRANSITIONS), ("Story for the reports", stories.STORY_TRANSITIONS),
    ]  # fmt: skip


def left_out() -> list[str]:
    """State machines of the apps that `machines` does not know yet."""
    known = [id(transitions) for _title, transitions in machines()]
    found = []
    for path in sorted(ROOT.glob("[a-z]*/**/choices*.py")):
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        found += [f"{module.__name__}.{name}" for name, value in vars(module).items()
                  if name.endswith("TRANSITIONS") and id(value) not in known]  # fmt: skip
    return found


def states() -> str:
    """docs/states.md: every state machine with its transitions, as diagrams."""
    parts = [
        "# States and transitions",
        "",
        "Made from each app's `choices.py` by `python -m tools.check_docs --write`.",
    ]
    for title, transitions in machines():
        parts += ["", f"## {title}", "", "```mermaid", "stateDiagram-v2"]
        for state, targets in transitions.items():
            parts += [f"    {state.value} --> {target.value}" for target in sorted(targets)] or [
                f"    {state.value} --> [*]"
            ]
        parts.append("```")
    return "\n".join(parts) + "\n"


def data_map() -> str:
    """docs/data-map.md: every table that reaches a person."""
    from privacy.datamap_words import document

    return document()


DOCUMENTS = {"docs/states.md": states, "docs/data-map.md": data_map}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psp.settings")
    django.setup()
    stale = []
    for name, make in DOCUMENTS.items():
        path, text = ROOT / name, make()
        if "--write" in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"{name} is not current: python -m tools.check_docs --write")
    for name in (forgotten := left_out()):
        print(f"{name} is no state machine of tools/check_docs.py yet: name it there")
    return 1 if stale or forgotten else 0


if __name__ == "__main__":
    sys.exit(main())
