"""What a page must never carry: inline code and styles, stored drafts, colours outside the tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
SHEET = (ROOT / "static" / "css" / "psp.css").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"


def sentences(text: str) -> str:
    return re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.S)


def names(templates: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in templates]


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_template_has_nothing_inline(path: Path) -> None:
    markup = sentences(path.read_text(encoding="utf-8"))
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']|javascript:", markup, re.I)
    assert not re.search(r"<script(?![^>]*(?:\ssrc=|\stype=\"application/json\"))", markup)


@pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
def test_template_asks_no_third_party(path: Path) -> None:
    markup = sentences(path.read_text(encoding="utf-8"))
    assert not re.search(r"(?:src|action)=[\"'](?:https?:)?//|<link[^>]+href=[\"'](?:https?:)?//", markup)


def test_page_that_adds_to_the_head_keeps_what_its_area_put_there() -> None:
    """On the desk that is the setting which keeps styles and evaluated code out of the pages."""
    heads = {
        path.name: markup.split("{% block head %}")[1]
        for path in TEMPLATES
        if '{% extends "base_desk.html" %}' in (markup := path.read_text(encoding="utf-8"))
        and "{% block head %}" in markup
    }
    assert heads
    assert [name for name, rest in heads.items() if not rest.lstrip().startswith("{{ block.super }}")] == []


def used_icons() -> Iterator[str]:
    for path in TEMPLATES:
        markup = path.read_text(encoding="utf-8")
        yield from re.findall(r"components/icon\.html\" with name=\"(\w+)\"", markup)
        yield from re.findall(r"{% icon \"(\w+)\"", markup)


def test_every_icon_used_is_drawn() -> None:
    drawn = {symbol.get("id") for symbol in ET.parse(ROOT / "static" / "icons.svg").getroot().iter(f"{SVG}symbol")}
    used = set(used_icons())
    assert used
    assert used <= drawn


def test_component_says_what_it_takes() -> None:
    silent = [
        path.name for path in (ROOT / "templates" / "components").glob("*.html")
        if "params:" not in path.read_text(encoding="utf-8").split("#}")[0]
    ]  # fmt: skip
    assert not silent


@pytest.mark.parametrize("path", SCRIPTS, ids=names(SCRIPTS))
def test_script_evaluates_no_text(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|document\.write|setTimeout\(\s*[\"'`]", code)


@pytest.mark.parametrize("name", ["psp.js", "quick-exit.js"])
def test_script_of_participants_stores_nothing(name: str) -> None:
    code = re.sub(r"/\*.*?\*/", "", (ROOT / "static" / "js" / name).read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"localStorage|sessionStorage|indexedDB|caches\.", code)


def test_style_sheet_has_colours_in_its_token_blocks_only() -> None:
    rest = re.sub(r":root \{.*?\}", "", SHEET, flags=re.S)
    assert not re.findall(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", rest)


def test_style_sheet_asks_for_no_other_file() -> None:
    assert "url(" not in SHEET
    assert "@import" not in SHEET


def test_style_sheet_honours_reduced_motion_print_and_forced_colours() -> None:
    for query in ("prefers-reduced-motion: reduce", "@media print", "forced-colors: active"):
        assert query in SHEET
