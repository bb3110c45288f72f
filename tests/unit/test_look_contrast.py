"""The tokens of the style sheet, measured: text at least 7:1, shapes at least 3:1, in light and in dark."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / "static" / "css" / "psp.css"
TEXT, SHAPE = 7.0, 3.0

GROUNDS = ("paper", "surface", "sunk", "primary-wash", "accent-wash", "success-wash", "warning-wash", "danger-wash")
# Links stand on every ground, so what can be pressed is text too.
TEXTS = ("ink", "ink-soft", "ink-accent", "ink-success", "ink-warning", "ink-danger", "primary", "primary-strong")
SHAPES = (
    "control", "focus", "accent", "success", "warning", "danger", "exit", "chart-1", "chart-2", "chart-3", "chart-4",
)  # fmt: skip
LABELS = (
    ("on-primary", "primary"), ("on-primary", "primary-strong"), ("on-danger-button", "danger-button"),
    ("on-exit", "exit"), ("ink", "heat-1"), ("ink", "heat-2"), ("ink", "heat-3"), ("ink", "heat-4"),
)  # fmt: skip
PAIRS = [
    *((front, ground, TEXT) for front, ground in (*product(TEXTS, GROUNDS), *LABELS)),
    *((front, ground, SHAPE) for front, ground in product(SHAPES, GROUNDS)),
]


def blocks() -> dict[str, dict[str, str]]:
    """Colour tokens by theme: the first `:root` is light; the one under `prefers-color-scheme: dark` overrides it."""
    sheet = SHEET.read_text(encoding="utf-8")
    found = re.findall(r"^( *):root \{(.*?)^\1\}", sheet, re.M | re.S)
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body)) for _indent, body in found[:2]]
    return {"light": colours[0], "dark": colours[0] | colours[1]}


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2)."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_contrast_of_tokens(theme: str, front: str, ground: str, least: float) -> None:
    colours = blocks()[theme]
    assert contrast(colours[front], colours[ground]) >= least


def test_dark_theme_has_its_own_value_for_every_colour() -> None:
    sheet = blocks()
    same = {name for name, value in sheet["light"].items() if sheet["dark"][name] == value}
    assert not same


def test_every_colour_token_is_measured_or_named_decorative() -> None:
    measured = {name for pair in PAIRS for name in pair[:2]}
    assert set(blocks()["light"]) - measured == {"line"}
