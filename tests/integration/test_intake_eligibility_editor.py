"""The criteria are changed in the administration, from a draft to a date; old decisions stay as they were."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from intake.forms_eligibility import values_of
from intake.models import Application, EligibilityVersion
from intake.services import accept, decline, set_meeting
from intake.services_eligibility import fingerprint
from psp.audit.models import Entry
from psp.choices import Role
from tests.browser import Browser
from tests.factories import ANSWERS, a_coordinator, a_participant, a_user, an_application, sign_in, with_role
from tests.forms import fill, grown, row_counts

pytestmark = pytest.mark.django_db
ROOT = "/admin/intake/eligibilityversion/"


@pytest.fixture
def office():
    """A browser in which an administrator is signed in."""
    browser = Browser()
    sign_in(browser, with_role(a_user(language="en"), Role.ADMINISTRATOR))
    return browser


def drafted(office: Browser) -> EligibilityVersion:
    assert office.post(f"{ROOT}add/").status_code == 302
    return EligibilityVersion.objects.get(published_at__isnull=True)


def editor(version: EligibilityVersion, **changes: Any) -> dict[str, Any]:
    """The editor's fields as the page would send them. A switch that is off is not sent."""
    values = values_of(version.content) | {"valid_from": str(version.valid_from), "seen": fingerprint(version)}
    values |= changes
    return {name: "on" if value is True else value for name, value in values.items() if value is not False}


def saved(office: Browser, version: EligibilityVersion, **changes: Any) -> EligibilityVersion:
    answer = office.post(f"{ROOT}{version.pk}/change/", editor(version, **changes))
    assert answer.status_code == 302, answer.context["form"].problems()
    return EligibilityVersion.objects.get(pk=version.pk)


def published(office: Browser, version: EligibilityVersion, day: Any) -> EligibilityVersion:
    form = {"valid_from": str(day), "seen": fingerprint(version)}
    assert office.post(f"{ROOT}{version.pk}/publish/", form).status_code == 302
    return EligibilityVersion.objects.get(pk=version.pk)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.content.decode())


def problems(answer: Any) -> dict[str, str]:
    return {str(item["label"]): str(item["error"]) for item in answer.context["form"].problems()}


# --- drafts ---


def test_draft_is_a_copy_of_the_version_in_force_and_only_made_by_the_button(office):
    before = row_counts()
    assert "Start a new draft" in text(office.get(f"{ROOT}add/"))
    assert "default.intake_eligibilityversion" not in grown(before)
    draft = drafted(office)
    source = EligibilityVersion.objects.get(number=1)
    assert (draft.number, draft.published_at) == (2, None)
    assert draft.content["wording"] == source.content["wording"]
    assert draft.rules.affiliations == source.rules.affiliations


def test_editor_shows_sentences_in_both_languages_and_no_stored_text(office):
    draft = drafted(office)
    page = text(office.get(f"{ROOT}{draft.pk}/change/"))
    assert "Are you 18 or older?" in page
    assert draft.wording["criteria"][1]["question_fr"] in page
    assert "Family member" in page
    assert '"code"' not in page


def test_saving_without_a_change_keeps_the_content_as_it_was(office):
    draft = drafted(office)
    assert saved(office, draft).content == draft.content


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"adult_question_fr": ""}, "Age: Question, in French", "in this language too"),
        ({"meeting_services": []}, "Intake meeting: for which services", "Choose at least one service"),
        ({"device_hint_en": ""}, "Device and internet: Hint, in English", "leave it out in both"),
        ({"valid_from": "tomorrow"}, "Holds from", "2026-12-01"),
        ({f"is_{code}": False for code in ("current_caf_member", "former_caf_member", "veteran", "dnd_public_servant",
                                           "cadet", "junior_ranger")},
         "Link “Current member”: on", "Switch on at least one link"),
        ({"reason_under_18_en": "x" * 601}, "Age: If the answer is no, in English", "at most 600"),
    ],
)  # fmt: skip
def test_error_names_the_field_and_how_to_mend_it(office, changes, field, sentence):
    draft = drafted(office)
    answer = office.post(f"{ROOT}{draft.pk}/change/", editor(draft, **changes))
    assert answer.status_code == 200
    assert sentence in problems(answer)[field]
    assert EligibilityVersion.objects.get(pk=draft.pk).content == draft.content


def test_draft_that_somebody_else_changed_is_not_overwritten(office):
    draft = drafted(office)
    mine = editor(draft, adult_why_en="Mine")
    theirs = saved(office, draft, adult_why_en="Theirs")
    answer = office.post(f"{ROOT}{draft.pk}/change/", mine)
    assert "Somebody changed this draft" in text(answer)
    assert EligibilityVersion.objects.get(pk=draft.pk).content == theirs.content


def test_published_version_is_only_read(office):
    version = EligibilityVersion.objects.get(number=1)
    page = text(office.get(f"{ROOT}{version.pk}/change/"))
    assert "does not change any more" in page
    assert "Save the draft" not in page
    assert office.post(f"{ROOT}{version.pk}/change/", editor(version, adult_on=False)).status_code == 403
    assert office.get(f"{ROOT}{version.pk}/publish/").status_code == 302


def test_nobody_else_drafts_or_publishes(office):
    draft = drafted(office)
    stranger = Browser()
    sign_in(stranger, a_coordinator())
    for page in ("change", "preview", "effect", "publish"):
        assert stranger.get(f"{ROOT}{draft.pk}/{page}/").status_code == 403
    assert stranger.post(f"{ROOT}add/").status_code == 403


# --- preview ---


def test_preview_draws_the_public_questions_in_both_languages_and_keeps_nothing(office):
    draft = saved(office, drafted(office), device_on=False, adult_question_en="Are you an adult?")
    before = row_counts()
    page = text(office.get(f"{ROOT}{draft.pk}/preview/"))
    assert "Are you an adult?" in page
    assert draft.wording["criteria"][1]["question_fr"] in page
    assert draft.wording["criteria"][3]["question_en"] not in page
    assert 'lang="fr"' in page
    assert "submit" not in page.split("two-sides")[1].split("</main>")[0]
    assert set(grown(before)) == set()


# --- effect ---


def judged(count: int, *, services=("formal",), **answers: Any) -> None:
    for _number in range(count):
        made = an_application(a_participant("QC"), services=services)
        made.answers = ANSWERS | answers
        made.save()


def test_effect_counts_by_criterion_under_the_version_that_judged_and_under_the_draft(office):
    judged(3, affiliation="family_member")
    judged(12, services=("activity",), agrees_to_meeting=False)
    judged(11)
    draft = saved(office, drafted(office), is_family_member=True, meeting_services=["formal", "informal"])
    page = text(office.get(f"{ROOT}{draft.pk}/effect/"))
    shown = {str(row["title"]): row for row in office.get(f"{ROOT}{draft.pk}/effect/").context["rows"]}
    assert shown["Link"]["opened"] == "fewer than 10"
    assert shown["Intake meeting"]["opened"] == "10 or more"
    assert shown["Age"]["opened"] == "0"
    assert "20 or more" in page
    people = Application.objects.values_list("participant__reference", flat=True)
    assert not any(reference in page for reference in people)


def test_effect_shows_exact_counts_where_none_is_small(office):
    judged(12, services=("activity",), agrees_to_meeting=False)
    draft = saved(office, drafted(office), meeting_services=["formal", "informal"])
    words = office.get(f"{ROOT}{draft.pk}/effect/").context
    assert (words["looked_at"], words["would_be_eligible"], words["would_not_be_eligible"]) == ("12", "12", "0")


def test_effect_leaves_out_what_is_older_than_a_year(office):
    judged(12)
    Application.objects.update(submitted_at=timezone.now() - timedelta(days=366))
    draft = drafted(office)
    assert office.get(f"{ROOT}{draft.pk}/effect/").context["looked_at"] == "0"


def test_effect_is_noted_and_reads_with_a_fixed_number_of_queries(office, django_assert_max_num_queries):
    judged(5)
    draft = drafted(office)
    with django_assert_max_num_queries(20):
        office.get(f"{ROOT}{draft.pk}/effect/")
    assert Entry.objects.filter(model="intake.eligibilityversion", action="read", fields="effect").exists()


# --- publishing ---


def test_publishing_shows_what_changes_and_refuses_a_day_that_has_passed(office):
    draft = saved(office, drafted(office), is_family_member=True)
    page = text(office.get(f"{ROOT}{draft.pk}/publish/"))
    assert "Link “Family member”: on" in page
    assert "cannot be taken back" in page
    yesterday = timezone.localdate() - timedelta(days=1)
    answer = office.post(f"{ROOT}{draft.pk}/publish/", {"valid_from": str(yesterday), "seen": fingerprint(draft)})
    assert "Choose today or a later day" in text(answer)
    assert EligibilityVersion.objects.get(pk=draft.pk).published_at is None


def test_meeting_only_for_groups_and_family_members_on_from_their_date_with_old_decisions_unchanged(office, client):
    coordinator = a_coordinator("QC")
    declined = an_application(a_participant("QC"))
    declined.answers = ANSWERS | {"affiliation": "family_member"}
    declined.save()
    decline(application=declined, reasons=["affiliation_not_covered"], by=coordinator)
    taken = an_application(a_participant("QC"))
    set_meeting(application=taken, starts_at=timezone.now() + timedelta(days=1), by=coordinator)
    accept(application=taken, services=["formal"], by=coordinator)
    before = {row.pk: (row.state, row.decision_version_id, row.decision_reasons) for row in Application.objects.all()}

    begins = timezone.localdate() + timedelta(days=2)
    draft = saved(
        office, drafted(office), is_family_member=True, meeting_services=["formal", "informal"],
        label_family_member_en="I am a relative of one of these people",
    )  # fmt: skip
    version = published(office, draft, begins)

    family = {"affiliation": "family_member", "email": "first@example.org"}
    alone = {"services": ["activity"], "meeting": "no", "email": "second@example.org"}
    assert "cannot do so yet" in text(fill(client, **family))
    assert "meets a coordinator by video" in text(fill(client, **alone))

    with time_machine.travel(timezone.now() + timedelta(days=2), tick=True):
        assert "I am a relative of one of these people" in text(client.get("/en/intake/"))
        for answers in (family, alone):
            assert fill(client, **answers).headers.get("Location") == "/en/intake/sent/"
        assert "meets a coordinator by video" in text(fill(client, services=["activity", "formal"], meeting="no"))
    made = Application.objects.filter(version=version)
    assert sorted(row.answers["affiliation"] for row in made) == ["family_member", "veteran"]
    after = {row.pk: (row.state, row.decision_version_id, row.decision_reasons) for row in Application.objects.all()}
    assert {key: after[key] for key in before} == before


def test_criterion_that_is_off_is_not_asked(office, client):
    published(office, saved(office, drafted(office), device_on=False), timezone.localdate())
    page = text(client.get("/en/intake/"))
    assert 'name="device"' not in page
    answer = fill(client, device=None)
    assert answer.headers.get("Location") == "/en/intake/sent/"
    assert Application.objects.get().answers["has_device"] is None
