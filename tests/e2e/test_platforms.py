"""Monthly numbers of another platform: read from a file, looked at, kept, corrected, taken back, and then protected."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.figures import figures_come
from tests.e2e.people import fill, follow, sign_in_team, submit

# Two months that are over and closed for each language: the second is taken back again. Long ago, so that no report of
# another story has their figures already.
# What the demo has of them is gone.
MONTHS = """
from reporting.models import PlatformFigure
from tests.platforms import months_ago
PlatformFigure.objects.filter(month__in=[months_ago(number) for number in {ago}]).delete()
print(" ".join(f"{{months_ago(number):%Y-%m}}" for number in {ago}))
"""
KEPT = """
from datetime import date
from reporting.models import PlatformFigure
found = PlatformFigure.objects.filter(month__in=[date.fromisoformat(f"{{code}}-01") for code in {months}])
print(sorted((f"{{one.month:%Y-%m}}", one.region, one.registrations) for one in found))
"""
SOMEBODY = "mireille.canari"
HEADINGS = {"en": "month,region,registrations,source,remarks", "fr": "mois;région;inscriptions;source;remarques"}
WORDS = {
    "en": {"refused": "Column 4 looks like personal information", "kind": "This file is neither CSV nor text.",
           "line": "Line 2, column 3 (registrations)", "hidden": "hidden"},
    "fr": {"refused": "La colonne 4 semble contenir des renseignements personnels", "kind": "Ce fichier n’est ni",
           "line": "Ligne 2, colonne 3 (inscriptions)", "hidden": "masqué"},
}  # fmt: skip


@pytest.mark.parametrize(("language", "ago"), [("en", (26, 27)), ("fr", (28, 29))])
def test_numbers_of_a_platform_come_in_and_are_seen_protected(visitor, site, language, ago):
    """On a desktop in English, on a phone in French, from a file as a spreadsheet writes it in that language."""
    month, other = site.run(MONTHS.format(ago=ago)).split()
    said = WORDS[language]
    analyst = visitor(language, phone=language == "fr")
    sign_in_team(analyst, "analyst")
    analyst.open("reports/platforms/")

    follow(analyst.page.locator("main a[href$='/table/']"))
    analyst.check()
    what_is_about_people_goes_nowhere(analyst, month, said)
    read_look_and_keep(analyst, month, other, said)
    assert site.run(KEPT.format(months=[month, other])) == str(
        sorted([(month, "ATL", 4), (month, "ON", 57), (month, "QC", 1234), (other, "QC", 12)])
    )

    type_again(analyst, month, "ON", "75")
    take_back(analyst, other)
    assert site.run(KEPT.format(months=[month, other])) == str(
        [(month, "ATL", 4), (month, "ON", 75), (month, "QC", 1234)]
    )

    see_protected(analyst, month, said)
    stays_as_it_is(analyst, month)
    assert f"('{month}', 'ON', 75)" in site.run(KEPT.format(months=[month]))
    assert SOMEBODY not in site.dump()
    assert not [log.name for log in site.folder.glob("*.log") if SOMEBODY in log.read_text(errors="replace")]
    assert analyst.faults + analyst.strangers == []


def choose(page: Page, name: str, content: bytes, kind: str = "text/csv") -> None:
    with page.expect_file_chooser() as waiting:
        page.locator("[data-paste-pick] button").click()
    waiting.value.set_files({"name": name, "mimeType": kind, "buffer": content})


def what_is_about_people_goes_nowhere(analyst: Visitor, month: str, said: dict[str, str]) -> None:
    """Neither a workbook, nor a file that lists people, nor a number that cannot be."""
    page, box = analyst.page, analyst.page.locator("textarea[name=table]")
    choose(page, "book.xlsx", b"PK\x03\x04\x00\x00", "application/zip")
    expect(page.locator("[data-paste-news]")).to_contain_text(said["kind"])
    expect(box).to_have_value("")
    list_of_people = f"month,region,registrations,e-mail\n{month},QC,1,{SOMEBODY}@example.org\n"
    choose(page, "people.csv", list_of_people.encode())
    expect(box).to_have_value(list_of_people)
    submit(page)
    expect(page.locator("[data-error-summary]")).to_contain_text(said["refused"])
    expect(box).to_have_value("")
    assert SOMEBODY not in page.content()
    analyst.check()
    headings = f"{HEADINGS[analyst.language]}\n"
    choose(page, "numbers.csv", headings.encode())
    expect(box).to_have_value(headings)
    box.fill(table_of(analyst.language, [(month, "QC", "12,5")]))
    submit(page)
    expect(page.locator("[data-error-summary]")).to_contain_text(said["line"])
    expect(box).to_have_value(re.compile("12,5"))
    analyst.check()


def table_of(language: str, rows: list[tuple[str, str, str]]) -> str:
    mark, source = (";", "rapport mensuel") if language == "fr" else (",", "monthly report")
    lines = [mark.join([month, region, f'"{number}"', source, ""]) for month, region, number in rows]
    return "\r\n".join([HEADINGS[language], *lines, ""])


def read_look_and_keep(analyst: Visitor, month: str, other: str, said: dict[str, str]) -> None:
    """French spreadsheets write Windows letters, semicolons and a space in thousands."""
    page = analyst.page
    many = "1\u00a0234" if analyst.language == "fr" else "1 234"
    rows = [(month, "QC", many), (month, "ON", "57"), (month, "ATL", "4"), (other, "QC", "12")]
    encoding = "windows-1252" if analyst.language == "fr" else "utf-8-sig"
    choose(page, "numbers.csv", table_of(analyst.language, rows).encode(encoding))
    expect(page.locator("[data-paste-news]")).not_to_be_empty()
    expect(page.locator("textarea[name=table]")).to_be_focused()
    submit(page)
    expect(page.locator("main table tbody tr")).to_have_count(4)
    expect(page.locator("main table tbody")).to_contain_text("1,234" if analyst.language == "en" else "1\u00a0234")
    analyst.check()
    follow(page.locator("main button[name=keep]"))
    page.wait_for_url("**/reports/platforms/")
    expect(page.locator("[role=status], .messages").first).to_contain_text("4")
    analyst.check()


def type_again(analyst: Visitor, month: str, region: str, number: str) -> None:
    """A number below zero is told at its place; the right one takes the place of what was there."""
    page = analyst.page
    follow(page.locator("main a[href$='/number/']"))
    analyst.check()
    page.locator("main select[name=month]").select_option(month)
    page.locator("main select[name=region]").select_option(region)
    fill(page, registrations="-75", source="rapport corrigé" if analyst.language == "fr" else "corrected report")
    submit(page)
    expect(page.locator("main [aria-invalid=true]")).to_have_count(1)
    analyst.check()
    fill(page, registrations=number)
    submit(page)
    page.wait_for_url("**/reports/platforms/")
    expect(page.locator("main")).to_contain_text(number)
    analyst.check()


def take_back(analyst: Visitor, month: str) -> None:
    page = analyst.page
    follow(page.locator(f"main a[href$='/{month}/remove/']"))
    analyst.check()
    follow(page.locator("main form button.btn-danger"))
    page.wait_for_url("**/reports/platforms/")
    expect(page.locator(f"main a[href$='/{month}/remove/']")).to_have_count(0)
    analyst.check()


def see_protected(analyst: Visitor, month: str, said: dict[str, str]) -> None:
    """A topic of its own: the whole is there, the four of one region are not, and nothing tells them."""
    page = analyst.page
    expect(page.locator("main a[href$='/reports/topics/platforms/']")).to_be_visible()
    analyst.open(f"reports/topics/platforms/?period={month}")
    figures_come(page)
    page.locator("main select[name=by]").select_option("place")
    submit(page)
    whole = "1,313" if analyst.language == "en" else "1\u00a0313"
    expect(page.locator(".figure-number").first).to_contain_text(whole)
    page.locator("main table").wait_for(state="attached")
    told = page.locator("main tbody td.num").all_text_contents()
    assert "4" not in told
    assert sum(said["hidden"] in cell for cell in told) > 1
    analyst.check()


def stays_as_it_is(analyst: Visitor, month: str) -> None:
    """What is final never changes: neither removed nor typed again."""
    page = analyst.page
    analyst.open("reports/platforms/")
    expect(page.locator("main table")).to_be_visible()
    expect(page.locator(f"main a[href$='/{month}/remove/']")).to_have_count(0)
    follow(page.locator("main a[href$='/number/']"))
    page.locator("main select[name=month]").select_option(month)
    page.locator("main select[name=region]").select_option("ON")
    fill(page, registrations="76", source="rapport" if analyst.language == "fr" else "report")
    submit(page)
    expect(page.locator("[data-error-summary] a[href='#figure-month']")).to_be_visible()
    analyst.check()
