"""What a voice says of a paper of figures: which row and column a figure belongs to, and what each chart shows."""

from __future__ import annotations

import re
from html import unescape

import pytest

from psp import pdf as papers
from psp.pdf_rows import NotAsExpected, with_row_heads
from reporting.disclosure import protect
from reporting.files.as_pdf import part_of, to_pdf, to_pdf_of_both
from reporting.files.books import Book, Chapter
from reporting.files.pictures import TALLEST
from reporting.periods import parse
from reporting.reading import Shelf
from tests.papers import assert_pdf_ua, pdf_text
from tests.papers_tags import bookmarks_of, heard, names_of, tags_of
from tests.released import counted, total
from tests.unit.test_reporting_files import LANGUAGES, a_book, a_chapter, a_series, an_indicator

PERIODS = ("2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3")
# What was counted in each: five are too few to be shown, and of one period nothing is kept.
COUNTS = (40, 5, None, 1286)


def over_time(*shares: str, counts: tuple[int | None, ...] = COUNTS, **fields) -> Book:
    """A book of the last period with the totals of those before, and a share of each of these languages."""
    chapter = a_chapter()
    more = tuple(
        an_indicator(chapter.series, code=f"share-{one}", measure="share", part=f"language={one}",
                     name_en=f"Share {one}", name_fr=f"Part {one}") for one in shares
    )  # fmt: skip
    chapter = Chapter(chapter.series, (*chapter.indicators, *more), chapter.tables)
    tables = {
        ("people", period): {
            (): protect(total(count)),
            ("language",): protect(counted(
                ("language",), {("en",): count // 4, ("fr",): count - count // 4, ("iu",): 0})),
        }
        for period, count in zip(PERIODS, counts, strict=True) if count is not None
    }  # fmt: skip
    return a_book(chapter, shelf=Shelf(tables), periods=tuple(map(parse, PERIODS)), **fields)


def drawn(book: Book, language: str = "en") -> list[dict]:
    """Every drawing of a part, in the order in which they stand."""
    tables = [one for chapter in part_of(book, language)["chapters"] for one in chapter["tables"]]
    return [one for table in tables for one in ([table] if table["svg"] else []) + table["panels"] + table["more"]]


def plain(text: str) -> str:
    return " ".join(text.split())


def texts_of(svg: str) -> list[str]:
    return [unescape(one) for one in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


# Rows and columns ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_heard_with_the_heads_of_its_row_and_its_column(language):
    book = over_time("en")
    paper = to_pdf(book, language)
    assert_pdf_ua(paper, language=language)
    wanted = [one for chapter in part_of(book, language)["chapters"] for one in chapter["tables"]]
    tables = list(tags_of(paper).every("Table"))
    assert len(tables) == len(wanted) > 2
    for table, said in zip(tables, wanted, strict=True):
        assert heard(table) == {
            (plain(row[0]), plain(column)): plain(value)
            for row in said["rows"] for column, value in zip(said["columns"][1:], row[1:], strict=True)
        }  # fmt: skip
        heads = [cell for row in table.every("TR") for cell in row.every("TH")]
        assert [one.scope for one in heads] == ["Column"] * len(said["columns"]) + ["Row"] * len(said["rows"])


def test_names_of_heads_are_each_given_once_and_can_be_looked_up():
    paper = to_pdf_of_both(over_time("en", "fr"), "fr")
    heads = [cell.name for cell in tags_of(paper).every("TH")]
    assert len(set(heads)) == len(heads) > 40
    assert names_of(paper) == sorted(heads)


def test_heads_of_a_long_table_stand_on_each_page_and_are_heard_once():
    counts = {(f"place {at:03}",): 100 + at for at in range(90)}
    paper = to_pdf(a_book(a_chapter(counted(("somewhere",), counts))), "en")
    assert_pdf_ua(paper)
    (table,) = tags_of(paper).every("Table")
    assert len(heard(table)) == 91
    assert len(list(next(table.every("THead")).every("TH"))) == 2
    assert len(re.findall(r"place 0\d\d 1\d\d place", pdf_text(paper))) > 2
    assert pdf_text(paper).count("somewhere Number") == 3, "on each of three pages"


def test_nothing_that_is_seen_changes_and_what_is_not_known_is_refused(monkeypatch):
    made: list[bytes] = []
    compiled = papers._compiled

    def kept(template: str, values: dict[str, str]) -> bytes:
        made.append(compiled(template, values))
        return made[-1]

    monkeypatch.setattr(papers, "_compiled", kept)
    paper = to_pdf(a_book(), "en")
    (before,) = made
    assert pdf_text(paper) == pdf_text(before)
    assert {one.scope for one in tags_of(before).every("TH")} == {"Column"}
    damaged = (before[:-10], before[100:], before.replace(b"/IDTree", b"/IdTree"),
               before.replace(b"/O/Table/Headers", b"/O/Table/Readers"))  # fmt: skip
    for one in damaged:
        with pytest.raises(NotAsExpected):
            with_row_heads(one)
    monkeypatch.setattr(papers, "_compiled", lambda _template, _values: damaged[-1])
    with pytest.raises(papers.PdfError, match=r"^the paper figures could not be made$"):
        to_pdf(a_book(), "en")


# Charts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_is_a_figure_that_says_its_values_where_it_stands(language):
    book = over_time("en", "fr")
    tags = tags_of(to_pdf(book, language))
    charts = drawn(book, language)
    assert [plain(one.alt) for one in tags.every("Figure")] == [plain(one["alt"]) for one in charts]
    assert len(charts) == 5, "three small lines, bars and a heat map"
    order = [one.kind for one in tags.every("H2", "H3", "Figure", "Table")]
    at = order.index("H3")
    assert order[at:][:9] == ["H3", *["Figure"] * 3, "Table", "H3", "Figure", "Table", "H3"]


@pytest.mark.parametrize(("language", "said"), [
    ("en", ["January to March 2025: 40\u00a0unit en; April to June 2025: hidden; July to September 2025: not counted;",
            "October to December 2025: 1,286\u00a0unit en."]),
    ("fr", ["Janvier à mars 2025\u00a0: 40\u00a0unit fr; Avril à juin 2025\u00a0: masqué; ",
            "Octobre à décembre 2025\u00a0: 1\u00a0286\u00a0unit fr."]),
])  # fmt: skip
def test_a_line_over_periods_says_what_is_hidden_and_what_was_not_counted(language, said):
    book = over_time()
    line = drawn(book, language)[0]
    for one in said:
        assert one in line["alt"]
    assert line["svg"].count('stroke-dasharray="4 3"') == 1, "a band for what is hidden"
    assert {"en": "hidden", "fr": "masqué"}[language] in texts_of(line["svg"])
    assert "5" not in texts_of(line["svg"])
    table = part_of(book, language)["chapters"][0]["tables"][0]
    assert [row[1] for row in table["rows"]] == {
        "en": ["1,286", "–", "hidden", "40"], "fr": ["1\u00a0286", "–", "masqué", "40"],
    }[language]  # fmt: skip


def test_one_line_alone_has_all_the_room():
    small, alone = drawn(over_time("en"))[:2], drawn(over_time("iu"))[0]
    assert {re.search(r'viewBox="0 0 (\d+)', one["svg"])[1] for one in small} == {"296"}
    assert re.search(r'viewBox="0 0 (\d+)', alone["svg"])[1] == "720"
    assert alone["title"] == "n"


def test_a_category_that_is_younger_than_a_period_was_not_counted_in_it():
    book = over_time("oj")
    share = part_of(book, "en")["chapters"][0]["tables"][0]
    assert [row[2] for row in share["rows"]] == ["–"] * 4


@pytest.mark.parametrize("counts", [(None, None, None, 1286), (0, 0, 0, 0)])
def test_where_one_period_is_out_or_nothing_ever_was_there_is_no_line(counts):
    book = over_time(counts=counts)
    assert "over time" not in {one["heading"] for one in part_of(book, "en")["chapters"][0]["tables"]}
    assert not [one for one in drawn(book) if "not counted" in one["alt"]]


def test_no_table_that_was_not_protected_is_drawn_over_time():
    with pytest.raises(TypeError, match="only protected tables"):
        a_book(shelf=Shelf({("people", "2025-Q1"): {(): total(3)}}))  # type: ignore[dict-item]


def test_a_chart_that_is_taller_than_a_sheet_is_drawn_in_parts():
    counts = {(f"place {at:03}",): 100 + at for at in range(70)}
    book = a_book(a_chapter(counted(("somewhere",), counts)))
    charts = drawn(book)
    assert len(charts) > 1
    said = [one for chart in charts for one in re.findall(r"place \d\d\d", chart["alt"])]
    assert said == [name for (name,) in counts]
    for at, chart in enumerate(charts, 1):
        assert f"part {at} of {len(charts)}" in chart["alt"]
        texts = texts_of(chart["svg"])
        assert [one for one in texts if one.startswith("place")] == re.findall(r"place \d\d\d", chart["alt"])
        assert texts[:2] == ["0", "50"], "the scale stands above each part"
        assert float(re.search(r'viewBox="0 0 \d+ ([\d.]+)"', chart["svg"])[1]) <= TALLEST
    paper = to_pdf(book, "en")
    assert_pdf_ua(paper)
    assert len(list(tags_of(paper).every("Figure"))) == len(charts)


def test_bookmarks_are_the_headings_in_their_order():
    paper = to_pdf(over_time("en"), "fr")
    headings = [one.text for one in tags_of(paper).every("H1", "H2", "H3")]
    assert bookmarks_of(paper) == headings
    assert len(headings) > 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_median_says_in_what_it_is_given(language):
    series = a_series(measured_en="weeks", measured_fr="semaines")
    table = counted(("language",), {("en",): 130, ("fr",): 0}, statistics={("en",): {"median": 12.5}})
    chapter = Chapter(series, (an_indicator(series),), (protect(table),))
    (made,) = part_of(a_book(chapter), language)["chapters"][0]["tables"]
    assert made["columns"][2] == {"en": "Median (weeks)", "fr": "Médiane (semaines)"}[language]
    assert [row[2] for row in made["rows"]][:2] == [{"en": "12.5", "fr": "12,5"}[language], "–"]
