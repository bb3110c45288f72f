"""My information: every form of the copy, its schema, what stood before, and files of one person that became one."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import override

from consent.models import ConsentVersion
from consent.services import sign
from contact.services import set_safe_contact
from groups.models import Membership
from groups.services import add_member, leave_group
from intake.models import IntakeMeeting
from intake.models_desk import Merge
from intake.services_merge import make_final, merge_files, undo_merge
from privacy import copies, services
from privacy.copies_words import as_words
from privacy.datamap import declared
from privacy.holdings import Both, Section, held_about, past_of, sections
from privacy.identities import identities, main_identity
from psp.audit.choices import Action
from psp.audit.models import Entry
from psp.models import User
from tests.browser import Browser
from tests.factories import (
    a_coordinator,
    a_correction,
    a_group,
    a_participant,
    agree,
    an_accepted_participant,
    an_application,
    sign_in,
)
from tests.json_schema import faults
from tests.papers import assert_pdf_ua, pdf_text

pytestmark = pytest.mark.django_db
SCHEMA = json.loads(copies.schema())


def browser_of(user: User) -> Browser:
    browser = Browser()
    sign_in(browser, user)
    return browser


def told(person: User) -> dict[str, Any]:
    """Code of each section → its records as JSON."""
    data = json.loads(copies.as_json(held_about(person)))
    assert list(faults(data, SCHEMA)) == []
    return {item["code"]: item["records"] for item in data["sections"]}


def said(person: User) -> str:
    return json.dumps(told(person), ensure_ascii=False)


@pytest.fixture
def coordinator():
    return a_coordinator("QC", name="Maude Régionale")


# --- every form of it ---


def test_zip_holds_the_page_the_data_and_the_schema_under_neutral_names(coordinator):
    made = an_accepted_participant("QC", by=coordinator, name="Camille Canari", language="fr")
    answer = browser_of(made.user).get("/fr/my/rights/copy/all/")
    day = timezone.localdate()
    assert answer["Content-Disposition"] == f'attachment; filename="copy-{day}.zip"'
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert {f"copy-{day}.html", f"copy-{day}.pdf", f"copy-{day}.json", copies.SCHEMA} == set(archive.namelist())
    page = unescape(archive.read(f"copy-{day}.html").decode())
    data = json.loads(archive.read(f"copy-{day}.json"))
    assert "Camille Canari" in page
    assert "Votre dossier" in page
    assert "Camille Canari" in json.dumps(data, ensure_ascii=False)
    assert list(faults(data, json.loads(archive.read(copies.SCHEMA)))) == []
    assert Entry.objects.filter(action=Action.EXPORT, person=made.user_id).count() == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_paper_can_be_read_by_everybody_and_says_the_same(language, coordinator):
    made = an_accepted_participant("QC", by=coordinator, name="Camille Canari", language=language)
    a_correction(made, text="Line one\n= Not a heading #let x = 1")
    agree(made.user, "results")
    answer = browser_of(made.user).get(f"/{language}/my/rights/copy/paper/")
    assert answer["Content-Disposition"] == f'attachment; filename="copy-{timezone.localdate()}.pdf"'
    title = {"en": "Copy", "fr": "Copie"}[language]
    assert_pdf_ua(answer.content, language=language, title=title)
    words = pdf_text(answer.content)
    for wanted in ("Camille Canari", made.reference, "= Not a heading #let x = 1"):
        assert wanted in words, wanted
    with override(language):
        assert all(str(section.title) in words for section in sections())
    assert Entry.objects.filter(action=Action.EXPORT, person=made.user_id).count() == 1


def test_paper_of_somebody_with_nothing_is_valid_too():
    made = a_participant("QC", consents=(), language="fr")
    with override("fr"):
        assert_pdf_ua(copies.as_pdf(held_about(made.user), made.user), language="fr")


def test_page_to_keep_asks_nobody_for_anything_and_names_no_program(coordinator):
    made = an_accepted_participant("QC", by=coordinator)
    with override("en"):
        page = copies.as_page(held_about(made.user), made.user)
    for part in ("<script", "<link", "<img", "<style", "href=", "src="):
        assert part not in page, part
    assert page.split("<title>")[1].split("</title>")[0] == "Copy"


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        ({"format": 2}, "is not 1"), ({"sections": [{"code": "x"}]}, "lacks"), ({"more": 1}, "not known"),
        ({"made_at": "yesterday"}, "format"),
        ({"sections": [{"code": "x", "title": {"en": "x", "fr": "x"}, "records": [[{"key": "k", "value": 1.5,
            "label": {"en": "x", "fr": "x"}}]]}]}, "fits none"),
    ],
)  # fmt: skip
def test_schema_refuses_what_it_does_not_promise(broken, fault):
    whole = {"$schema": copies.SCHEMA, "format": 1, "made_at": "2026-11-26T02:00:00+00:00", "sections": []}
    assert list(faults(whole, SCHEMA)) == []
    found = list(faults(whole | broken, SCHEMA))
    assert found
    assert fault in found[0]


def test_schema_is_published_among_the_static_files(client):
    from django.contrib.staticfiles import finders

    assert finders.find(f"schemas/{copies.SCHEMA}")
    assert SCHEMA["$id"] == copies.SCHEMA
    assert SCHEMA["properties"]["format"]["const"] == copies.FORMAT


def test_keys_of_lines_are_the_same_in_both_languages_and_unique_within_a_record(coordinator):
    made = an_accepted_participant("QC", by=coordinator)
    keys = {}
    for code in ("en", "fr"):
        with override(code):
            keys[code] = [
                [line["key"] for line in record] for records in told(made.user).values() for record in records
            ]
    assert keys["en"] == keys["fr"]
    assert all(len(record) == len(set(record)) for record in keys["en"])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_section_has_a_title_of_its_own(language):
    """Two parts of one page with the same name could not be told apart by a screen reader."""
    with override(language):
        titles = [str(section.title) for section in sections()]
    assert sorted(titles) == sorted(set(titles))


# --- what was signed ---


def test_consents_are_told_with_their_text_and_the_lines_in_words():
    made = a_participant("QC", consents=(), language="en")
    version = ConsentVersion.objects.filter(purpose="taking_part").latest("number")
    codes = [item["code"] for item in version.statements]
    sign(person=made.user, version=version, language="fr", ticked=codes, typed_name="Camille")
    record = {line["key"]: line["value"] for line in told(made.user)["consents"][0]}
    wanted = [item["text_fr"] for item in version.statements]
    assert record["lines_ticked"] == wanted
    assert record["lines_not_ticked"] == []
    assert all(line in record["the_text"] for line in wanted)
    page = unescape(browser_of(made.user).get("/en/my/rights/copy/").content.decode())
    assert all(line in page for line in wanted)
    assert not any(f">{code}<" in page for code in codes)


def test_line_that_was_not_ticked_is_told_as_such():
    made = a_participant("QC", consents=(), language="en")
    version = agree(made.user, "results").version
    record = {line["key"]: line["value"] for line in told(made.user)["consents"][0]}
    assert record["lines_ticked"] == []
    assert record["lines_not_ticked"] == [item["text_en"] for item in version.statements]


# --- what stood before ---


def test_what_stood_before_is_told_for_every_kind_of_record(coordinator):
    made = an_accepted_participant("QC", by=coordinator, language="en")
    group = a_group(coordinator)
    member = add_member(group=group, participant=made, by=coordinator)
    leave_group(membership=member, by=made.user)
    application = made.applications.get()
    begin = timezone.now() + timedelta(days=1)
    meeting = IntakeMeeting.objects.create(
        application=application, coordinator=coordinator, starts_at=begin, ends_at=begin + timedelta(hours=1),
        state="cancelled",
    )  # fmt: skip
    meeting.starts_at -= timedelta(hours=2)
    meeting.save()
    asked = a_correction(made)
    services.answer_correction(request=asked, accepted=False, answer="It is as signed.", by=coordinator)
    made.modalities = ["in_person"]
    made.save()
    application.services = ["informal"]
    application.save()
    found = told(made.user)
    for code in ("groups_before", "meetings_before", "requests_before", "file_before", "applications_before"):
        assert found[code], code
    assert all(record[0]["key"] == "from" for code in found if code.endswith("_before") for record in found[code])


def test_every_history_that_is_declared_as_told_has_a_section():
    in_one = {"intake.merge", "supporters.supporter"}  # each step is a record of the one section
    known = {section.code for section in sections()}
    for row in declared():
        if row.history and row.exported and row.topic != "team" and row.model not in in_one:
            assert any(code.endswith("_before") for code in row.exported), row.model
            assert set(row.exported) <= known


def test_row_that_lay_with_another_file_by_mistake_takes_its_history_back(coordinator):
    """Two people's files were taken for one: neither copy tells afterwards what the other one's group was."""
    kept = a_participant("QC", language="en", name="Kept One")
    merged = an_accepted_participant("QC", by=coordinator, name="Other One")
    group = a_group(coordinator)
    group.name_en = "Canary evenings"
    group.save()
    member = add_member(group=group, participant=merged, by=coordinator)
    merge = merge_files(kept=kept, merged=merged, by=coordinator)
    assert Membership.objects.get(pk=member.pk).participant_id == kept.pk
    assert "Canary evenings" in said(kept.user)
    leave_group(membership=Membership.objects.get(pk=member.pk), by=kept.user)
    undo_merge(merge=merge, by=coordinator)
    assert Membership.history.filter(participant=kept).exists()
    assert "Canary evenings" not in said(kept.user)
    assert "Canary evenings" in said(merged.user)
    assert past_of(Membership.objects.filter(participant=merged)).count() > 1


# --- files of one person that became one ---


@pytest.fixture
def joined(coordinator):
    kept = a_participant("QC", language="en", name="Kept One", email="kept@exemple.ca")
    merged = a_participant("QC", language="en", name="Former One", email="former@exemple.ca", consents=())
    an_application(merged)
    set_safe_contact(person=merged.user, by=merged.user, email_safe=True, phone="613 555 0177")
    agree(merged.user, "results")
    return kept, merged, merge_files(kept=kept, merged=merged, by=coordinator)


def make_old(merge: Merge) -> None:
    Merge.objects.filter(pk=merge.pk).update(at=timezone.now() - timedelta(days=31))
    assert make_final() == 1


def test_copy_takes_in_another_file_once_nobody_can_take_the_two_apart(joined):
    kept, merged, merge = joined
    theirs = ("Former One", "former@exemple.ca", "613 555 0177")
    before = said(kept.user)
    assert not any(canary in before for canary in theirs)
    assert merged.reference in before
    day = (merge.at + timedelta(days=30)).date().isoformat()
    line = told(kept.user)["merges"][0][-1]
    assert (line["key"], line["value"]) == ("what_it_holds_is_in_the_copy_from", day)
    make_old(merge)
    after = said(kept.user)
    assert all(canary in after for canary in theirs)
    found = told(kept.user)
    assert len(found["account"]) == len(found["file"]) == 2
    assert len(found["merges"]) == 1
    assert "Being counted in results" in after


def test_taking_a_copy_is_noted_for_every_file_that_is_in_it(joined):
    kept, merged, merge = joined
    make_old(merge)
    browser_of(kept.user).get("/en/my/rights/copy/")
    rows = Entry.objects.filter(action=Action.EXPORT).values_list("person", flat=True)
    assert Counter(rows) == Counter([kept.user_id, merged.user_id])


def test_identities_follow_a_file_in_between_and_lead_to_the_one_that_counts(joined, coordinator):
    kept, merged, merge = joined
    make_old(merge)
    last = a_participant("QC", language="en", name="Last One")
    make_old(merge_files(kept=last, merged=kept, by=coordinator))
    assert identities(last.user) == [last.user, kept.user, merged.user]
    assert main_identity(merged.user) == last.user
    assert identities(merged.user) == [merged.user]


def test_command_writes_the_copy_of_the_file_that_counts(joined, tmp_path):
    kept, merged, merge = joined
    make_old(merge)
    call_command("export_person", merged.reference, output=str(tmp_path))
    written = json.loads((tmp_path / copies.file_name("json")).read_text(encoding="utf-8"))
    assert kept.reference in json.dumps(written)
    assert (tmp_path / copies.SCHEMA).exists()


# --- in words ---


def test_words_of_values():
    section = Section("x", "Title", lambda _person: (), frozenset())
    from privacy.holdings import Held, Line

    values = [None, "", [], True, False, 3, ["a", "b"], ["a" * 50, "b"], Both("yes", "oui")]
    with override("en"):
        (made,) = as_words([Held(section, ([Line(str(n), value) for n, value in enumerate(values)],))], User())
    words = [line["value"] for line in made["records"][0]]
    assert words == ["Nothing", "Nothing", "Nothing", "Yes", "No", "3", "a, b", "a" * 50 + "\nb", "yes"]
