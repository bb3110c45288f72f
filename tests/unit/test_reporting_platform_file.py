"""Tables of other platforms: what is read, what is refused and where, and what is taken for personal."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.platforms.file import Known, Personal, Row, month_of, number_of, read
from reporting.platforms.personal import Sign, heading_sign, value_sign
from reporting.platforms.words import SAYINGS, SIGNS, fault_text

TODAY = date(2026, 12, 10)
REGIONS = {"": "", "all regions together": "", "qc": "QC", "quebec": "QC", "on": "ON", "ontario": "ON"}
KNOWN = Known(REGIONS, TODAY)
HEAD = "month,region,registrations,source,remarks\n"
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def rows_of(text: str, known: Known = KNOWN) -> list[Row]:
    rows, faults = read(text, known)
    assert faults == []
    return rows


def faults_of(text: str, known: Known = KNOWN) -> list[tuple[str, int, int]]:
    rows, faults = read(text, known)
    assert rows == []
    return [(fault.code, fault.line, fault.column) for fault in faults]


def refused(text: str) -> tuple[int, Sign]:
    with pytest.raises(Personal) as found:
        read(text, KNOWN)
    return found.value.column, found.value.sign


# What is read -----------------------------------------------------------------------------------------------


def test_table_is_read_line_by_line() -> None:
    assert rows_of(HEAD + "2026-10,QC,41,monthly report,\n2026-11,Ontario,0,monthly report,two days off\n") == [
        Row(OCTOBER, "QC", 41, "monthly report", "", 2),
        Row(NOVEMBER, "ON", 0, "monthly report", "two days off", 3),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffmois;région;inscriptions;source\r\noctobre 2026;Québec;1\u202f234;relevé\r\n",
        "Month\tRegion\tRegistrations\tSource\n2026-10\tQC\t1 234\trelevé",
        "month,region,registrations,source\r2026-10-01,qc,1234,relevé\r",
        '"registrations","month","source","region"\n"1\u00a0234","10/2026","relevé","Quebec"\n\n\n',
    ],
    ids=["french semicolons with a mark", "tabs of a spreadsheet", "old line ends", "quotes in another order"],
)
def test_table_is_read_however_a_spreadsheet_writes_it(text: str) -> None:
    assert [(row.month, row.region, row.registrations, row.source) for row in rows_of(text)] == [
        (OCTOBER, "QC", 1234, "relevé")
    ]


def test_source_of_the_form_stands_where_no_line_says_its_own() -> None:
    assert rows_of("month,registrations\n2026-10,41", Known(REGIONS, TODAY, "report"))[0].source == "report"
    assert faults_of("month,registrations\n2026-10,41") == [("no_source", 2, 0)]


@pytest.mark.parametrize(
    ("text", "month"),
    [("2026-11", 11), ("2026/1", 1), ("3/2026", 3), ("November 2026", 11), ("août 2026", 8), ("Février 2026", 2)],
)
def test_month_is_read_as_people_write_it(text: str, month: int) -> None:
    assert month_of(text, TODAY) == date(2026, month, 1)


# What is wrong, and where ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("2026-10,QC,41.5,r,", ("not_whole", 2, 3)),
        ("2026-10,QC,-3,r,", ("negative", 2, 3)),
        ('2026-10,QC,"41,5",r,', ("not_whole", 2, 3)),
        ('2026-10,QC,"1,234",r,', ("not_whole", 2, 3)),
        ("2026-10,QC,4e1,r,", ("not_a_number", 2, 3)),
        ("2026-10,QC,٤١,r,", ("not_a_number", 2, 3)),
        ("2026-10,QC,12 34,r,", ("not_a_number", 2, 3)),
        ("2026-10,QC,many,r,", ("not_a_number", 2, 3)),
        ("2026-10,QC,,r,", ("no_number", 2, 3)),
        ("2026-10,QC,9000000,r,", ("too_large", 2, 3)),
        (",QC,41,r,", ("no_month", 2, 1)),
        ("2026-13,QC,41,r,", ("not_a_month", 2, 1)),
        ("2026-Q3,QC,41,r,", ("not_a_month", 2, 1)),
        ("2026-12,QC,41,r,", ("not_over", 2, 1)),
        ("1999-12,QC,41,r,", ("too_old", 2, 1)),
        ("2026-10,Atlantis,41,r,", ("unknown_region", 2, 2)),
        ("2026-10,QC,41,,", ("no_source", 2, 4)),
        ("2026-10,QC,41,r,,,", ("too_many_cells", 2, 6)),
        ('2026-10,QC,41,"r,', ("quotes", 2, 0)),
    ],
)
def test_fault_names_its_line_and_column(line: str, fault: tuple[str, int, int]) -> None:
    assert fault in faults_of(HEAD + line)


def test_every_fault_is_told_at_once() -> None:
    assert faults_of(HEAD + "2026-10,QC,-1,r,\n2026-10,??,2,r,\nsoon,ON,3,r,\n") == [
        ("negative", 2, 3), ("unknown_region", 3, 2), ("not_a_month", 4, 1)
    ]  # fmt: skip


def test_people_are_not_counted_twice() -> None:
    assert faults_of(HEAD + "2026-10,QC,1,r,\n2026-10,Quebec,2,r,") == [("twice", 3, 1)]
    assert faults_of(HEAD + "2026-10,QC,1,r,\n2026-10,,2,r,") == [("both_ways", 3, 1)]
    assert len(rows_of(HEAD + "2026-10,QC,1,r,\n2026-11,,2,r,")) == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ("empty", 0, 0)),
        (" \n\ufeff\n", ("empty", 0, 0)),
        (HEAD, ("no_rows", 0, 0)),
        ("region,registrations\nQC,3", ("no_month_column", 0, 0)),
        ("month,region\n2026-10,QC", ("no_registrations_column", 0, 0)),
        ("month,registrations,registrations\n2026-10,1,1", ("column_twice", 1, 3)),
        ("month,registrations,weather\n2026-10,1,rain", ("unknown_column", 1, 3)),
        ("month,registrations,\n2026-10,1,", ("no_heading", 1, 3)),
        (HEAD + "2026-10,QuÃ©bec,1,r,", ("garbled", 0, 0)),
        (HEAD + "2026-10,Qu\ufffdbec,1,r,", ("garbled", 0, 0)),
        (HEAD + "2026-10,QC,1,r,\n" * 401, ("too_many_rows", 0, 0)),
        (HEAD + "x" * 60_000, ("too_big", 0, 0)),
    ],
)
def test_what_is_no_such_table_is_refused(text: str, fault: tuple[str, int, int]) -> None:
    assert fault in faults_of(text)


# What looks personal ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    ["E-mail", "e_mail", "Courriel", "emailAddress", "Name", "First name", "prénom", "Nom complet", "Phone",
     "Téléphone", "date of birth", "DOB", "Date de naissance", "Adresse", "Postal code", "ID", "user_id", "UserID",
     "identifiant", "Member", "username", "NAS", "gender", "Pronoms", "comments", "jo@example.org", "A1A 1A1"],
)  # fmt: skip
def test_heading_about_one_person_refuses_the_table(heading: str) -> None:
    column, _sign = refused(f"month,registrations,{heading}\n2026-10,41,x\n")
    assert column == 3


@pytest.mark.parametrize(
    ("value", "sign"),
    [
        ("jo@example.org", Sign.EMAIL),
        ("write to jo (at) example.org", Sign.EMAIL),
        ("514 555-0199", Sign.PHONE),
        ("+1 (514) 555 0199", Sign.PHONE),
        ("5145550199", Sign.PHONE),
        ("1998-04-23", Sign.BIRTH),
        ("born 23/04/1998", Sign.BIRTH),
        ("h2x 1y4", Sign.POSTAL_CODE),
        ("file 20231187", Sign.NUMBER),
        ("123-456-789", Sign.NUMBER),
        ("192.168.10.7", Sign.NUMBER),
        ("told by Mme Roy", Sign.NAME),
        ("said Dr. Singh", Sign.NAME),
        ("word " * 31, Sign.LONG),
        ("x" * 201, Sign.LONG),
    ],
)
@pytest.mark.parametrize("column", [2, 4, 5])
def test_value_about_one_person_refuses_the_table_in_any_column(value: str, sign: Sign, column: int) -> None:
    cells = ["2026-10", "QC", "41", "report", ""]
    cells[column - 1] = value
    assert refused(HEAD + ",".join(cells)) == (column, sign)


@pytest.mark.parametrize(
    "value",
    ["", "monthly report", "Report of 2026-11-04", "relevé du 4 décembre 2026", "Rapport 2026-10", "2025-2026",
     "numbers of 10/2026 came late", "41 of 57 by telephone", "two days without service (12 hours)"],
)  # fmt: skip
def test_ordinary_sources_and_remarks_are_not_taken_for_personal(value: str) -> None:
    assert value_sign(value) is None
    assert rows_of(HEAD + f'2026-10,QC,41,report,"{value}"')[0].remarks == value.strip()


@pytest.mark.parametrize("heading", ["month", "Région", "registrations", "Nouvelles inscriptions", "remarques"])
def test_headings_that_belong_are_not_taken_for_personal(heading: str) -> None:
    assert heading_sign(heading) is None


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    for whole in (text, HEAD + text, text + "\n" + HEAD):
        try:
            rows, faults = read(whole, KNOWN)
        except Personal:
            continue
        assert bool(rows) != bool(faults)
        assert all(fault_text(fault) for fault in faults)


@given(st.integers(0, 1_000_000), st.sampled_from(["{}", "{:,}"]), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_every_whole_number_is_read_as_it_is_written(number: int, shape: str, space: str) -> None:
    assert number_of(shape.format(number).replace(",", space)) == number


def test_every_fault_and_every_sign_has_words() -> None:
    assert set(SIGNS) == set(Sign)
    assert all(str(said) for said in SAYINGS.values())
