"""Public pages made from the program itself: what is held, and how the program answers for it."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from django.utils.translation import override

from consent.choices import ConsentPurpose
from consent.services import texts_in_force
from privacy import assurances, copies
from privacy.datamap import declared, elsewhere, topics
from privacy.datamap_words import headings
from privacy.holdings import held_about
from psp.views import notice
from tests.browser import Browser
from tests.factories import a_correction, a_participant, sign_in
from tests.nu_checker import faults
from tests.rendered import blocks_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
SOURCE = "https://git.example.ca/psp/blob/main"
LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])


def page(client, path: str, language: str) -> str:
    answer = client.get(f"/{language}/{path}/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def text(html: str) -> str:
    return "\n".join(block for _step, block in blocks_of(html))


@LANGUAGES
def test_what_we_hold_tells_every_topic_and_every_place(client, language):
    shown = text(page(client, "what-we-hold", language))
    with override(language):
        for one in headings():
            for line in (
                one["title"],
                one["what"],
                one["seen_by"],
                *one["why"],
                *one["law"],
                *one["kept"],
                *one["erased"],
            ):
                assert str(line) in shown, line
        for place in elsewhere():
            assert str(place.what) in shown


@LANGUAGES
def test_what_we_hold_speaks_of_people_and_not_of_tables(client, language):
    shown = text(page(client, "what-we-hold", language)).lower()
    for row in declared():
        assert row.model not in shown
    for word in ("sealed_email", "jsonfield", "foreign key", "participant__user", "history_id"):
        assert word not in shown


@LANGUAGES
def test_transparency_answers_what_why_who_how_long_and_how_to_complain(client, language):
    html = page(client, "transparency", language)
    shown, current = text(html), notice(language)
    with override(language):
        for topic in topics():
            assert topic.team or str(topic.title) in shown
        for line in assurances.WHO_SEES:
            assert str(line.what) in shown
        for risk in assurances.RISKS:
            assert all(str(part) in shown for part in (risk.title, risk.danger))
            assert all(str(answer.text) in shown for answer in risk.answers)
        for answer in assurances.PROTECTION:
            assert str(answer.text) in shown
        for purpose, version in texts_in_force().items():
            assert str(ConsentPurpose(purpose).label) in shown
            assert version.summary in shown
    for fact in (
        current["responsible"],
        current["commissioner"],
        current["commissioner_phone"],
        current["privacy_email"],
    ):
        assert fact in shown
    assert f'href="mailto:{current["privacy_email"]}"' in html


def test_four_assessed_risks_each_have_answers_and_checks():
    assert [risk.code for risk in assurances.RISKS] == ["accountability", "notice", "transparency", "security"]
    assert all(len(risk.answers) >= 3 and all(answer.checks for answer in risk.answers) for risk in assurances.RISKS)


def every_check() -> set[int | str]:
    listed = [*assurances.PROTECTION, *(answer for risk in assurances.RISKS for answer in risk.answers)]
    return {check for answer in listed for check in answer.checks}


@pytest.mark.parametrize("check", sorted(every_check(), key=str))
def test_every_check_that_the_page_names_exists(check):
    if isinstance(check, str):
        assert (ROOT / assurances.test_file(check)).exists()
        return
    named = assurances.properties()[check]
    assert named.sentence
    found = [path for path in named.tests if list((ROOT / "tests").rglob(Path(path).name))]
    assert found == list(named.tests)
    assert found


def test_checks_are_links_only_where_the_source_has_a_public_address(client, settings):
    without = page(client, "transparency", "en")
    assert "docs/security.md" not in without
    assert "Checked by" in without
    settings.PSP_SOURCE_URL = SOURCE
    with_links = page(client, "transparency", "en")
    assert f'href="{SOURCE}/docs/security.md"' in with_links
    assert f'href="{SOURCE}/tests/integration/test_privacy_datamap.py"' in with_links


def test_number_of_promises_is_the_number_in_the_document(client):
    known = assurances.properties()
    assert len(known) > 30
    assert max(known) == 41
    assert f"makes {len(known)} such promises" in text(page(client, "transparency", "en"))


@LANGUAGES
def test_rules_on_how_long_are_those_in_force(client, language):
    from privacy.models_retention import RetentionRule
    from privacy.views_public import rules_of_keeping

    assert RetentionRule.objects.in_force().exists()
    shown = text(page(client, "transparency", language))
    with override(language):
        for rule in rules_of_keeping():
            assert all(part in shown for part in rule.values())


@pytest.mark.parametrize(("months", "words"), [(12, "1 year"), (24, "2 years"), (30, "30 months")])
def test_span_of_time_in_words(months, words):
    from privacy.views_public import span

    with override("en"):
        assert span(months) == words


def test_contact_of_the_program_is_a_setting(client, settings):
    settings.PSP_PRIVACY_EMAIL, settings.PSP_PRIVACY_PHONE = "vie.privee@example.ca", "1 800 555-0100"
    html = page(client, "transparency", "fr")
    assert 'href="mailto:vie.privee@example.ca"' in html
    assert 'href="tel:18005550100"' in html
    assert notice("fr")["privacy_email"] not in html


def test_length_of_keeping_follows_the_settings(client, settings):
    from privacy.datamap_words import length

    with override("en"):
        assert str(length("saved_form")).startswith(f"{settings.PSP_DRAFT_DAYS} days")


@LANGUAGES
def test_pages_lead_to_each_other_and_from_the_notice(client, language):
    assert f'href="/{language}/what-we-hold/"' in page(client, "privacy-notice", language)
    assert f'href="/{language}/transparency/"' in page(client, "privacy-notice", language)
    assert f'href="/{language}/transparency/"' in page(client, "what-we-hold", language)
    assert f'href="/{language}/what-we-hold/#account"' in page(client, "transparency", language)


def test_pages_and_the_copy_follow_the_html_standard(client, tmp_path):
    made = a_participant("QC", language="en")
    a_correction(made)
    me = Browser()
    sign_in(me, made.user)
    pages = {
        f"{name}-{code}": page(who, path, code)
        for code in ("en", "fr")
        for name, who, path in (
            ("hold", client, "what-we-hold"), ("answer", client, "transparency"), ("copy", me, "my/rights/copy"),
            ("rights", me, "my/rights"), ("correct", me, "my/rights/correct"),
        )
    }  # fmt: skip
    with override("fr"):
        pages["kept"] = copies.as_page(held_about(made.user), made.user)
    assert faults(pages.items(), tmp_path) == []
