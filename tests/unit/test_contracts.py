"""What `docs/contracts.md` shows of both commands is what they answer."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from groups.formation import propose
from groups.formation_input import parse_problem
from reporting.disclosure import parse_request, protect_request

ROOT = Path(__file__).resolve().parents[2]


def shown(heading: str) -> tuple[Any, Any]:
    """Input and answer under a heading."""
    text = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8").split(f"## {heading}\n")[1]
    asked, answered = re.findall(r"```json\n(.*?)```", text.split("\n## ")[0], re.S)
    return json.loads(asked), json.loads(answered)


def test_protected_table_is_answered_as_the_document_shows() -> None:
    asked, answered = shown("Protected table")
    request = parse_request(asked)
    made = request.answer(protect_request(request))
    assert [cell for cell in answered.pop("cells") if cell not in made["cells"]] == []
    assert {name: made[name] for name in answered} == answered


def test_groups_are_proposed_as_the_document_shows() -> None:
    asked, answered = shown("Group formation")
    made = propose(parse_problem(asked)).to_json()
    assert made | {"seconds": 0} == answered | {"seconds": 0}
