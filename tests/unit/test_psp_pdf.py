"""Papers: accessible by an independent validator, in one language, whatever people typed."""

from __future__ import annotations

import re
from datetime import date

import page
import pytest
import typst
from django.utils.translation import gettext_lazy

from psp.pdf import PdfError, make_pdf, not_shown, pdf_response
from tests.papers import assert_pdf_ua, pdf_text

WHOLE = {
    "heading": "What I signed",
    "lead": gettext_lazy("Date"),
    "sections": [
        {
            "heading": "The text", "paragraphs": ["One.", "Two."], "lines": ["first", "second"],
            "facts": [["Signed", "Tuesday, 8 December 2026"], ["Version", 2]],
        },
    ] * 8,
}  # fmt: skip


@pytest.mark.parametrize(("language", "page_words"), [("en", "Page 1 of 2"), ("fr", "Page 1 sur 2")])
def test_a_paper_is_tagged_has_a_language_a_title_and_page_numbers(language, page_words):
    pdf = make_pdf("sections", WHOLE, language=language, title="Document")
    assert_pdf_ua(pdf, language=language, title="Document")
    text = pdf_text(pdf)
    assert page_words in text
    assert "What I signed Date The text One. Two. first second Signed" in text.replace("• ", "")


def test_the_validator_refuses_a_paper_without_tags():
    bare = typst.compile(b"= Heading", format="pdf", pdf_tags=False)
    assert not page.is_pdf_compliant_bytes(bytes(bare), profile="ua1")
    with pytest.raises(AssertionError):
        assert_pdf_ua(bytes(bare))


@pytest.mark.parametrize(
    "typed",
    ['#panic("x")', "*_`$@<label>", r"\u0001 \\ \n", "= Heading", '"quoted"', "//comment", "#read(\"/etc/passwd\")"],
)  # fmt: skip
def test_what_people_typed_is_text_and_never_source(typed):
    pdf = make_pdf("sections", {"heading": "A", "lead": typed}, language="en", title="Document")
    assert_pdf_ua(pdf)
    assert typed.replace(" ", "") in pdf_text(pdf).replace(" ", "")


@pytest.mark.parametrize(
    "typed", ["ᐃᓄᒃ", "李小龙", "😀👩‍👩‍👧", "\x01\x1b[2J", "\ufeff", "\ud800", "\U000f0000", "a\u0327\u0301", "שלום"]
)
def test_a_sign_that_no_letter_can_show_spoils_no_paper(typed):
    pdf = make_pdf("sections", {"heading": "A", "lead": f"({typed})"}, language="fr", title="Document")
    assert_pdf_ua(pdf, language="fr")
    assert "(" in pdf_text(pdf)


def test_a_box_stands_for_what_is_missing_and_a_line_says_so():
    text = pdf_text(make_pdf("sections", {"heading": "Hi ᐃ"}, language="en", title="Document"))
    assert "Hi □" in text
    assert "stands for a letter that this paper cannot show" in text
    assert "□" not in pdf_text(make_pdf("sections", {"heading": "Hi"}, language="en", title="Document"))


def test_a_paper_that_cannot_be_made_says_nothing_of_what_stood_in_it():
    with pytest.raises(PdfError) as failed:
        make_pdf("sections", {"sections": [{"heading": "x", "lines": "Camille Secret"}]}, language="en", title="D")
    assert "Secret" not in str(failed.value)
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None


def test_dates_are_written_by_the_caller():
    with pytest.raises(TypeError, match="not date"):
        make_pdf("sections", {"heading": date(2026, 12, 8)}, language="en", title="Document")


def test_the_maker_names_signs_and_code_points():
    said = r'the text `"ᐃ"` could not be displayed with font; the text contains the disallowed codepoint `"\u{feff}"`'
    assert not_shown(said) == {"ᐃ", "\ufeff"}


def test_the_file_name_tells_nothing():
    answer = pdf_response(b"%PDF-1.7")
    assert answer["Content-Type"] == "application/pdf"
    assert re.fullmatch(r'attachment; filename="document-\d{4}-\d\d-\d\d\.pdf"', answer["Content-Disposition"])
