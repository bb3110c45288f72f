"""The form of a series as a browser sends it, from the page that shows it."""

from __future__ import annotations

import re
from typing import Any

INPUT = re.compile(r"<input\b[^>]*>", re.S)
SELECTED = re.compile(r'<select name="(\w+)".*?<option value="([^"]*)"[^>]*selected', re.S)


def what_is_sent(html: str, *, act: str = "save", untick: tuple[str, ...] = (), tick: tuple[str, ...] = (),
                 **changed: Any) -> dict[str, Any]:  # fmt: skip
    """Every value of the page's form, with boxes changed and fields typed over."""
    form = html[html.index("</legend>") : html.rindex("</form>")]
    sent: dict[str, Any] = {"act": act, "shown": [], "meets": [], **dict(SELECTED.findall(form))}
    for field in INPUT.findall(form):
        name, value = (re.search(rf'\b{what}="([^"]*)"', field) for what in ("name", "value"))
        if name is None or value is None:
            continue
        if name[1] == "meets":
            sent["meets"] += [value[1]] if ("checked" in field or value[1] in tick) and value[1] not in untick else []
        elif name[1] == "shown":
            sent["shown"].append(value[1])
        else:
            sent[name[1]] = value[1]
    return sent | changed
