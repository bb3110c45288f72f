"""Files of figures: made of protected tables only, the same figures in each kind, no text that is a formula."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.choices import Method
from reporting.disclosure import ALL, protect
from reporting.files.as_csv import to_csv
from reporting.files.as_json import package, to_json
from reporting.files.as_pdf import part_of, to_pdf, to_pdf_of_both
from reporting.files.as_xlsx import LONGEST_NAME, sheet_name, to_xlsx
from reporting.files.books import Book, Changed, Chapter, Words
from reporting.models import Indicator, Series
from reporting.periods import parse
from tests.papers import assert_pdf_ua, pdf_text
from tests.papers_tags import tags_of
from tests.released import counted, total

LANGUAGES = ("en", "fr")
WRITERS = (to_csv, to_json, to_xlsx)
FORMULA = st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "\t=", "\r=", " =", "＝"]), st.text(max_size=20))
SMALL = 7
ONE_BY_ONE = re.compile(r"(?<!\S)\S(?: \S)+(?!\S)")
BY_LANGUAGE = {("en",): 1207, ("fr",): SMALL, ("oj",): 12, ("iu",): 60}
BY_BOTH = {("formal", "en"): 1200, ("formal", "fr"): 0, ("informal", "en"): SMALL, ("informal", "fr"): 31}


def a_series(**words: str) -> Series:
    said = {
        f"{field}_{language}": f"{field} {language}"
        for field in ("name", "unit", "population", "source")
        for language in LANGUAGES
    }
    return Series(code="people", number=2, topic="people", breakdowns=[["language"], ["kind", "language"]],
                  **said | words)  # fmt: skip


def an_indicator(series: Series, **words: str) -> Indicator:
    said = {"code": "people", "measure": "count",
            "name_en": "n", "name_fr": "m", "definition_en": "d", "definition_fr": "e"}  # fmt: skip
    return Indicator(series=series, **said | words)


def a_chapter(*tables, series: Series | None = None) -> Chapter:
    series = series or a_series()
    made = tables or (total(1286), counted(("language",), BY_LANGUAGE), counted(("kind", "language"), BY_BOTH))
    return Chapter(series, (an_indicator(series),), tuple(protect(table) for table in made))


def a_book(*chapters: Chapter, **fields) -> Book:
    given = {
        "title": Words("Figures", "Chiffres"), "note": Words("", ""), "period": parse("2025-Q3"),
        "method": Method.SUPPRESSION, "threshold": 10, "digest": "ab" * 32,
        "counted_at": datetime(2026, 1, 12, 8, tzinfo=UTC), "chapters": chapters or (a_chapter(),),
    } | fields  # fmt: skip
    return Book(**given)


def lines_of(book: Book, language: str = "en") -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(book, language).decode("utf-8-sig"), newline="")))


def sheets_of(book: Book, language: str = "en") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(book, language)))


def cells_of(book: Book, language: str = "en") -> list[openpyxl.cell.Cell]:
    return [cell for sheet in sheets_of(book, language) for row in sheet.iter_rows() for cell in row]


# Protected tables only -------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [total(3), {("QC",): 3}, None, [["QC", 3]]])
def test_a_table_that_was_not_protected_fits_in_no_book(raw):
    with pytest.raises(TypeError, match="only protected tables"):
        Chapter(a_series(), (), (raw,))


# The same figures in each kind -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_csv_xlsx_and_json_say_the_same(language):
    book = a_book()
    resource = package(book, language)["resources"][0]
    word = {"en": "hidden", "fr": "masqué"}[language]
    names = [field["name"] for field in resource["schema"]["fields"]]
    said = [[word if (name, line[name]) == ("value", "hidden") else line[name] for name in names]
            for line in resource["data"]]  # fmt: skip
    tidy = sheets_of(book, language).worksheets[-1]
    read = [["" if cell is None else cell for cell in row] for row in tidy.iter_rows(values_only=True)]
    assert read[1:] == said
    assert [[str(cell) for cell in row] for row in said] == lines_of(book, language)[1:]
    assert lines_of(book, language)[0] == read[0] == [field["title"] for field in resource["schema"]["fields"]]


def test_every_value_of_every_table_is_in_the_file_once():
    book = a_book()
    wanted = sum(1 if table.dimensions == ("total",) else len(table.values) for _chapter, table in book.tables())
    assert len(lines_of(book)) == wanted + 1


def test_a_hidden_figure_is_a_word_and_never_a_number():
    book = a_book()
    header, *lines = lines_of(book)
    at = {name: number for number, name in enumerate(header)}
    hidden = [line for line in lines if line[at["Status (code)"]] == "hidden"]
    assert len(hidden) > 3
    assert {line[at["Value"]] for line in hidden} == {"hidden"}
    assert str(SMALL) not in {cell for line in lines for cell in line}
    for cell in cells_of(book):
        assert cell.value != SMALL
    tables = package(book, "en")["protectedTables"]
    assert {cell["value"] for cell in tables[1]["cells"]} >= {1207, 60, None}
    assert f": {SMALL}" not in to_json(book, "en").decode()


def test_a_rounded_figure_says_so(monkeypatch):
    table = protect(counted(("language",), {("en",): 40, ("fr",): 35}))
    object.__setattr__(table, "method", type(table.method)("rounding"))
    book = a_book(Chapter(a_series(), (), (table,)), method=Method.ROUNDING)
    assert {line[-2] for line in lines_of(book)[1:]} == {"rounded"}
    assert "rounded to a multiple of 5" in json.loads(to_json(book, "en"))["description"]
    assert "When it is zero" not in json.loads(to_json(book, "en"))["description"]


def test_medians_are_lines_of_their_own_and_go_with_a_hidden_count():
    statistics = {("en",): {"median": 12.5, "p90": 40}, ("fr",): {"median": 99.5}}
    table = counted(("language",), {("en",): 130, ("fr",): 4, ("oj",): 12, ("iu",): 60}, statistics=statistics)
    lines = lines_of(a_book(a_chapter(table)))
    found = {(line[9], line[13], line[15]) for line in lines[1:]}
    assert {("en", "count", "130"), ("en", "median", "12.5"), ("en", "p90", "40")} <= found
    assert "99.5" not in str(lines)
    assert 12.5 in {cell.value for cell in cells_of(a_book(a_chapter(table)))}


# Headlines and corrections ---------------------------------------------------------------------------------


def a_split(counts: dict[tuple[str], int], *parts: str) -> Chapter:
    """Applications by what became of them, with a share for each of `parts`."""
    series = a_series()
    indicators = tuple(
        an_indicator(series, name_en=f"Share {part}", name_fr=f"Part {part}", part=f"language={part}") for part in parts
    )
    for one in indicators:
        one.measure = "share"
    made = protect(counted(("language",), counts))
    return Chapter(series, indicators, (made,))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_of_published_counts_is_a_line_of_its_own_and_among_the_numbers(language):
    book = a_book(a_split({("en",): 30, ("fr",): 90}, "en", "en+fr"))
    found = [line for line in lines_of(book, language) if line[13] == "share"]
    assert [(line[7], line[9], line[15]) for line in found] == [("language", "en", "25"), ("language", "en+fr", "100")]
    assert {line[6] for line in found} == {"%"}
    said = part_of(book, language)["numbers"]
    assert said[0] == {"en": ["25%", "Share en"], "fr": ["25\u00a0%", "Part en"]}[language]


def test_a_share_of_a_hidden_count_is_hidden_everywhere():
    book = a_book(a_split(BY_LANGUAGE, "fr"))
    (line,) = [line for line in lines_of(book) if line[13] == "share"]
    assert (line[15], line[16]) == ("hidden", "hidden")
    assert part_of(book, "en")["numbers"] == []
    assert part_of(book, "en")["hidden"] == "Hidden figures: Share fr."
    assert part_of(book, "fr")["hidden"] == "Chiffres masqués\u00a0: Part fr."
    assert "Hidden figures: Share fr." in pdf_text(to_pdf(book, "en"))


def test_a_share_of_nobody_is_no_line():
    book = a_book(a_split({("en",): 0, ("fr",): 0}, "en"))
    assert "share" not in {line[13] for line in lines_of(book)}


def test_paper_has_no_tables_of_zeros_alone():
    nothing = a_chapter(total(0), counted(("language",), {("en",): 0, ("fr",): 0}))
    (chapter,) = part_of(a_book(nothing), "en")["chapters"]
    assert chapter["tables"] == []
    assert chapter["total"].endswith("– 0")
    assert len(lines_of(a_book(nothing))) > 3, "other files have every cell"


@pytest.mark.parametrize(("language", "said"), [
    ("en", ["n, April to June 2025: 12 fewer than were published"]),
    ("fr", ["m, avril à juin 2025\u00a0: 12 de moins que ce qui a été publié"]),
])  # fmt: skip
def test_what_changed_since_is_in_every_file(language, said):
    changed = Changed("people", Words("n", "m"), Words("people", "personnes"), parse("2025-Q1"), -12)
    book = a_book(changes=(changed,))
    (line,) = [line for line in lines_of(book, language) if line[13] == "correction"]
    assert (line[0], line[2], line[4], line[15]) == ("2025-Q1", "2025-04-01", "people", "-12")
    made = json.loads(to_json(book, language))["corrections"]
    assert made == [{"series": "people", "names": {"en": "n", "fr": "m"}, "period": "2025-Q1", "change": -12}]
    about = sheets_of(book, language).worksheets[0]
    assert said[0] in {cell.value for row in about.iter_rows() for cell in row}
    assert part_of(book, language)["changes"] == said
    paper = to_pdf(book, language)
    assert_pdf_ua(paper, language=language)
    assert " ".join(said[0].split()) in pdf_text(paper)


# Text is text ----------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(FORMULA, st.text(max_size=200))
def test_no_text_of_a_file_is_taken_for_a_formula(telling, name):
    series = a_series(name_en=telling, unit_en=telling, population_en=telling, source_en=telling)
    table = protect(counted((telling or "x",), {(telling,): 30, ("fr",): 40}))
    chapters = [Chapter(series, (an_indicator(series, name_en=telling, definition_en=name),), (table,))] * 2
    book = a_book(*chapters, title=Words(telling, telling), note=Words(telling, telling))
    bad = ("=", "+", "-", "@", "\t", "\r", "\n", "＝")
    for line in lines_of(book):
        for cell in line:
            assert not cell.lstrip(" ").startswith(bad), repr(cell)
    for cell in cells_of(book):
        assert cell.data_type != "f"
        assert cell.hyperlink is None
        assert not str(cell.value or "").lstrip(" ").startswith(bad), repr(cell.value)


@given(st.lists(st.text(max_size=60), max_size=12))
def test_names_of_sheets_are_short_plain_and_all_different(wanted):
    taken: set[str] = set()
    names = [sheet_name(one, taken) for one in wanted]
    assert len({name.lower() for name in names}) == len(wanted)
    for name in names:
        assert 1 <= len(name) <= LONGEST_NAME
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")


# The workbook ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "about", "all_figures"), [
    ("en", "About these figures", "All figures"), ("fr", "À propos de ces chiffres", "Tous les chiffres"),
])  # fmt: skip
def test_a_workbook_says_what_it_is_before_the_first_figure(language, about, all_figures):
    workbook = sheets_of(a_book(note=Words("A note.", "Une note.")), language)
    assert workbook.sheetnames[0] == about
    assert workbook.sheetnames[-1] == all_figures
    first = "\n".join(str(cell.value) for row in workbook.worksheets[0].iter_rows() for cell in row)
    for wanted in ("ab" * 32, "10", {"en": "A note.", "fr": "Une note."}[language], "2025"):
        assert wanted in first
    assert all(sheet.freeze_panes for sheet in workbook)
    assert workbook.properties.creator in (None, "")
    assert workbook.properties.title == {"en": "Figures", "fr": "Chiffres"}[language]


def test_a_table_of_two_dimensions_is_read_across_with_all_together_last():
    sheet = sheets_of(a_book()).worksheets[2]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(number for number, row in enumerate(rows) if row[0] == "Kind of group and language")
    assert rows[start + 1][0] == "Kind of group"
    assert rows[start + 1][3] == "Both languages"
    assert [row[0] for row in rows[start + 2 : start + 5]][-1] == "All kinds of groups"
    assert {value for row in rows[start + 2 : start + 5] for value in row[1:4]} >= {0, "hidden"}


@pytest.mark.parametrize("make", WRITERS)
def test_the_same_book_gives_the_same_bytes(make):
    assert make(a_book(), "fr") == make(a_book(), "fr")


@pytest.mark.parametrize("make", WRITERS)
def test_a_book_of_nothing_is_a_file_all_the_same(make):
    assert make(a_book(chapters=(), counted_at=None), "fr")


def test_a_large_table_is_written_whole():
    counts = {(f"c{row:02}", f"d{column:02}"): 100 + row for row in range(60) for column in range(13)}
    book = a_book(a_chapter(counted(("a", "b"), counts)))
    assert len(lines_of(book)) == 61 * 14 + 1
    assert sheets_of(book).worksheets[-1].max_row == 61 * 14 + 1
    assert sheets_of(book).worksheets[2].max_column == 15


# The data package ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_the_package_is_described_in_both_languages(language):
    made = json.loads(to_json(a_book(), language))
    fields = made["resources"][0]["schema"]["fields"]
    assert {field["name"] for field in fields} == set(made["resources"][0]["data"][0])
    for field in fields:
        assert field["type"] in ("string", "date", "number")
        assert field["title"] == field["titles"][language]
        assert field["titles"]["en"] != field["titles"]["fr"] or field["titles"]["en"] in ("Description",)
        assert field["descriptions"]["en"] != field["descriptions"]["fr"]
    assert "hidden" in made["resources"][0]["schema"]["missingValues"]
    assert (made["threshold"], made["method"], made["digest"]) == (10, "suppression", f"sha256:{'ab' * 32}")
    assert made["licenses"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_definitions_of_the_package_say_what_each_figure_is_given_in(language):
    """A median of weeks is not a number of people."""
    series = a_series(measured_en="weeks", measured_fr="semaines")
    both = [an_indicator(series), an_indicator(series, code="half", measure="median")]
    chapter = Chapter(series, tuple(both), (protect(total(1286)),))
    said = json.loads(to_json(a_book(chapter), language))["definitions"][0]
    assert said["units"] == {"en": "unit en", "fr": "unit fr"}
    assert said["measured"] == {"en": "weeks", "fr": "semaines"}
    assert [one["units"] for one in said["indicators"]] == [said["units"], said["measured"]]


def test_the_package_holds_the_tables_of_the_contract():
    table = package(a_book(), "en")["protectedTables"][2]
    assert table["dimensions"] == ["kind", "language"]
    assert {"kind": "formal", "language": "fr", "value": 0} in table["cells"]
    assert {"kind": "informal", "language": "en", "value": None} in table["cells"]
    assert sum(ALL in cell.values() for cell in table["cells"]) == 5
    assert (table["threshold"], table["audited"]) == (10, True)


# The paper -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "word", "page"), [("en", "hidden", "Page 2 of"), ("fr", "masqué", "Page 2 sur")])
def test_a_paper_is_tagged_and_says_the_same_as_the_tables(language, word, page):
    book = a_book()
    paper = to_pdf(book, language)
    assert_pdf_ua(paper, language=language, title=book.title(language))
    text = pdf_text(paper)
    assert page in text
    for wanted in ("1,207" if language == "en" else "1\u00a0207", word, "ab" * 32, "Figures", "Chiffres"):
        assert " ".join(wanted.split()) in text
    # Drawings are read letter by letter: what they say is looked at before it is set.
    assert f" {SMALL} " not in ONE_BY_ONE.sub("", text.replace(page, ""))
    for chart in (one for chapter in part_of(book, language)["chapters"] for one in chapter["tables"]):
        assert str(SMALL) not in {one.text for one in fromstring(chart["svg"]).iter("{http://www.w3.org/2000/svg}text")}
        assert f" {SMALL} " not in chart["alt"].replace("\u00a0", " ")


def test_a_bar_chart_says_every_figure_to_whoever_hears_it():
    paper = part_of(a_book(), "en")
    chart = paper["chapters"][0]["tables"][0]
    assert chart["alt"].startswith("Language. English: 1,207")
    assert "Français: hidden" in chart["alt"]
    assert chart["svg"].count('stroke-dasharray="4 3"') == 2
    assert "2 figures are hidden." in chart["finding"]


def test_two_dimensions_are_a_heat_map_and_a_name_is_never_markup():
    paper = part_of(a_book(), "en")["chapters"][0]["tables"][1]
    assert "#bed1d3" in paper["svg"]
    assert "hidden" in paper["svg"]
    telling = "</text><script>&"
    table = counted(("language",), {(telling,): 30, ("fr",): 40})
    book = a_book(a_chapter(table))
    svg = part_of(book, "en")["chapters"][0]["tables"][0]["svg"]
    assert telling not in svg
    assert fromstring(svg).tag.endswith("svg")
    assert_pdf_ua(to_pdf(book, "en"))


@pytest.mark.parametrize("name", ["ᐃᓄᒃᑎᑐᑦ", "李小龙", "a\u0327", "\x07"])
def test_a_name_in_letters_that_are_not_at_hand_still_makes_a_paper(name):
    assert_pdf_ua(to_pdf(a_book(a_chapter(counted(("language",), {(name,): 30, ("fr",): 40}))), "en"))


@pytest.mark.parametrize("table", [
    counted(("status",), {("here",): 30, ("absent",): 20}),
    counted(("kind", "status"), {("formal", "here"): 30, ("formal", "absent"): 20, ("informal", "here"): 40,
                                 ("informal", "absent"): 11}),
])  # fmt: skip
def test_what_became_of_things_is_a_bar_of_its_parts(table):
    series = a_series()
    series.counter = "attendances"
    book = a_book(a_chapter(table, series=series))
    assert 'fill="url(#tone-2)"' in part_of(book, "fr")["chapters"][0]["tables"][0]["svg"]
    assert_pdf_ua(to_pdf(book, "fr"))


def test_a_name_that_has_room_is_whole_in_the_chart():
    svg = part_of(a_book(), "fr")["chapters"][0]["tables"][0]["svg"]
    assert ">Français</text>" in svg


def test_where_everything_is_hidden_there_is_no_chart():
    table = counted(("language",), {("en",): 3, ("fr",): 4})
    assert part_of(a_book(a_chapter(table)), "en")["chapters"][0]["tables"][0]["svg"] == ""


def test_the_paper_in_both_languages_holds_the_same_figures_twice():
    book = a_book()
    paper = to_pdf_of_both(book, "fr")
    assert_pdf_ua(paper, language="fr")
    text = pdf_text(paper)
    assert text.count("1,207") == " ".join(text.split()).count("1 207") > 1
    assert {one.language for one in tags_of(paper).every("H1", "Table")} == {"", "en-CA"}, (
        "the second half says its own"
    )


@pytest.mark.parametrize("typed", ["=1+1", '#panic("x")', "*_`$@<label>", "李小龙", "a\u0327"])
def test_what_people_typed_is_text_on_paper(typed):
    book = a_book(title=Words(typed, typed), note=Words(typed, typed))
    assert_pdf_ua(to_pdf(book, "en"))


def test_a_book_of_nothing_is_a_paper_all_the_same():
    paper = to_pdf_of_both(a_book(chapters=(), counted_at=None), "en")
    assert_pdf_ua(paper)
    assert "Nothing is counted for this period." in pdf_text(paper)
