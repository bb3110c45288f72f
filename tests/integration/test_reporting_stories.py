"""Stories: nobody but the person decides about their words, and a yes taken back counts at once."""

from __future__ import annotations

import io
from contextlib import suppress

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import translation

from consent.models import Consent
from consent.services import withdraw
from contact.models import OutboxMessage
from contact.registry import without_sense
from privacy.holdings import sections
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, constraint_name
from reporting.choices import ReleaseState
from reporting.models import Release, ReleasedStory, Story
from reporting.releases.services import approve
from reporting.stories import of_person as story_of_person
from reporting.stories import services
from reporting.stories.choices import StoryState
from tests import factories as make
from tests.feedback import signed_in
from tests.papers import assert_pdf_ua, pdf_text
from tests.stories import LINES, a_story, a_waiting_report, agreed, proposed

pytestmark = pytest.mark.django_db
CANARY = "a heron by the grey lake"
PAGE = "/en/my/words/"


@pytest.fixture
def by():
    return make.a_coordinator("QC")


@pytest.fixture
def person(by):
    return make.an_accepted_participant("QC", by=by, language="en")


def published(release: Release) -> Release:
    release.refresh_from_db()
    return approve(release=release, by=make.a_privacy_officer(), seen=release.digest)


def said_in_file(kind: str, content: bytes) -> str:
    """All the text of a file."""
    if kind in ("pdf", "both"):
        assert_pdf_ua(content)
        return pdf_text(content)
    if kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return content.decode()


class TestWriting:
    def test_nothing_is_kept_without_the_consent(self, person):
        with pytest.raises(DomainError) as refused:
            services.write(by=person.user, text=CANARY, language="en", offer=True)
        assert refused.value.code == "not_agreed"
        page = signed_in(person.user).get(PAGE).content.decode()
        assert "/en/my/consents/story/sign/" in page
        assert "<textarea" not in page
        assert signed_in(person.user).post(PAGE, {"text": CANARY, "language": "en", "offer": "1"}).status_code == 409
        assert not Story.objects.exists()

    def test_saved_for_oneself_nobody_else_sees_it(self, person, by):
        row = a_story(person, text=CANARY, offer=False)
        for reader in (by, make.an_analyst(), make.a_privacy_officer()):
            assert not Story.objects.visible_to(reader).exists()
        assert not Story.objects.in_regions_of(by).exists()
        assert signed_in(by).get(reverse("desk:word", args=[row.pk])).status_code == 404

    def test_words_are_sealed(self, person, by):
        proposed(a_story(person, text=CANARY), by)
        with connection.cursor() as cursor:
            cursor.execute("SELECT s::text FROM reporting_story s")
            assert CANARY not in cursor.fetchone()[0]

    def test_details_that_could_tell_are_named_and_never_refused(self, person):
        a_story(person, text="We met at Valcartier in 2014.", offer=False)
        page = " ".join(signed_in(person.user).get(PAGE).content.decode().split())
        assert "Could somebody know who wrote it by these words? Valcartier, 2014" in page

    def test_empty_words_say_what_to_do(self, person):
        make.agree(person.user, "story")
        answer = signed_in(person.user).post(PAGE, {"text": " ", "language": "en", "offer": "1"})
        assert "Write a few words first" in answer.content.decode()
        assert not Story.objects.exists()

    def test_way_to_help_stands_beside_it_and_nobody_asks_what_happened(self, person):
        page = signed_in(person.user).get(PAGE).content.decode()
        assert "#help-now" in page
        assert "Nobody asks what happened to you" in page


class TestWaiting:
    @pytest.mark.parametrize(
        ("language", "title"), [("en", "Something waits for you."), ("fr", "Quelque chose vous attend.")]
    )
    def test_first_page_leads_neutrally_to_a_wording_that_waits(self, person, by, language, title):
        mine, front = signed_in(person.user), f"/{language}/my/"
        row = a_story(person, text=CANARY)
        assert title not in mine.get(front).content.decode()
        row = proposed(row, by)
        page = mine.get(front).content.decode()
        assert title in page
        assert f"/{language}/my/words/" in page
        line = page[page.index(title) :][:600]
        assert not any(word in line.lower() for word in ("story", "récit", "report", "rapport", "heron"))
        services.answer(by=person.user, yes=True, read=services.seen(row.wording))
        assert title not in mine.get(front).content.decode()

    @pytest.mark.parametrize(
        ("language", "told"), [("en", "1 waits for you to read it"), ("fr", "1 récit attend que vous le lisiez")]
    )
    def test_coordinator_of_the_region_finds_it_on_the_first_page_while_it_waits(self, person, by, language, told):
        desk, front = signed_in(by), f"/{language}/desk/"
        assert told not in desk.get(front).content.decode()
        row = a_story(person, text=CANARY)
        page = desk.get(front).content.decode()
        assert told in page
        assert CANARY not in page
        assert told not in signed_in(make.a_coordinator("ON")).get(front).content.decode()
        proposed(row, by)
        assert told not in desk.get(front).content.decode()


class TestReading:
    def test_coordinator_of_the_region_proposes_and_the_person_reads_exactly_these_words(self, person, by):
        row = a_story(person)
        desk = signed_in(by)
        assert person.user.name in desk.get(reverse("desk:words")).content.decode()
        page = desk.get(reverse("desk:word", args=[row.pk]))
        assert LINES in page.content.decode()
        assert Entry.objects.filter(person=person.user_id, model="reporting.story", action="read").count() == 2
        said = {"wording": "It was good to find others.", "read": services.seen(row.text)}
        assert desk.post(reverse("desk:word", args=[row.pk]), said).status_code == 302
        mine = signed_in(person.user)
        shown = mine.get(PAGE).content.decode()
        assert "<p>It was good to find others.</p>" in shown
        read = services.seen("It was good to find others.")
        assert mine.post(PAGE, {"yes": "1", "read": read}).status_code == 302
        row.refresh_from_db()
        assert (row.state, row.wording) == (StoryState.AGREED, "It was good to find others.")

    def test_other_regions_and_roles_have_no_such_page(self, person):
        row = a_story(person)
        assert signed_in(make.a_coordinator("ON")).get(reverse("desk:word", args=[row.pk])).status_code == 404
        for who in (make.an_analyst(), make.a_facilitator(), make.a_supervisor()):
            assert signed_in(who).get(reverse("desk:word", args=[row.pk])).status_code == 403

    def test_person_is_told_neutrally_and_only_while_it_waits(self, person, by):
        proposed(a_story(person), by)
        message = OutboxMessage.objects.get(template="no_hurry")
        assert not without_sense([message])
        services.answer(by=person.user, yes=False, read=services.seen(LINES))
        assert without_sense([message]) == {message.pk}

    def test_words_that_changed_meanwhile_are_read_again_by_both(self, person, by):
        row = a_story(person)
        with pytest.raises(DomainError) as refused:
            services.propose(story=row.pk, by=by, wording="Good.", read=services.seen("what it was before"))
        assert refused.value.code == "changed_meanwhile"
        proposed(row, by, "Good.")
        with pytest.raises(DomainError) as refused:
            services.answer(by=person.user, yes=True, read=services.seen(LINES))
        assert refused.value.code == "other_words"
        assert signed_in(person.user).post(PAGE, {"yes": "1", "read": "old"}).status_code == 409
        assert Story.objects.get().state == StoryState.PROPOSED

    def test_no_makes_it_a_draft_that_the_team_does_not_see(self, person, by):
        proposed(a_story(person), by)
        services.answer(by=person.user, yes=False, read=services.seen(LINES))
        row = Story.objects.get()
        assert (row.state, row.wording, row.text) == (StoryState.DRAFT, "", LINES)
        assert not Story.objects.in_regions_of(by).exists()

    def test_nobody_changes_agreed_words_but_the_person_and_then_the_yes_is_gone(self, person, by):
        row = agreed(person, by)
        with pytest.raises(DomainError) as refused:
            proposed(row, by, "Other words.")
        assert refused.value.code == "not_offered"
        services.write(by=person.user, text="Other words.", language="en", offer=True)
        assert not Story.objects.printable().exists()


class TestInReports:
    def test_analyst_sees_agreed_words_and_nothing_about_anybody(self, person, by):
        agreed(person, by, text=f"{CANARY} and the rest", wording="It was good.")
        a_story(make.an_accepted_participant("QC", by=by), text=CANARY)
        page = signed_in(make.an_analyst()).get(reverse("reports:words")).content.decode()
        assert "It was good." in page
        for telling in (CANARY, person.user.name, person.reference, str(person.user_id)):
            assert telling not in page

    def test_put_in_twice_is_once_and_published_words_stay(self, person, by):
        row, analyst = agreed(person, by), make.an_analyst()
        release = a_waiting_report(analyst)
        page = signed_in(analyst)
        for _twice in range(2):
            assert page.post(reverse("reports:word_place", args=[row.pk, release.pk])).status_code == 302
        (kept,) = ReleasedStory.objects.all()
        published(release)
        assert services.printed(row) == [release]
        assert "published reports of: fiscal year 2025–2026" in signed_in(person.user).get(PAGE).content.decode()
        for act in (kept.delete, lambda: ReleasedStory.objects.update(text="Other")):
            with pytest.raises(IntegrityError) as judged, transaction.atomic():
                act()
            assert constraint_name(judged.value) == "released_story_frozen"
        with pytest.raises(IntegrityError) as judged, transaction.atomic():
            ReleasedStory.objects.create(release=release, language="en", text="late")
        assert constraint_name(judged.value) == "released_story_in_time"

    def test_second_person_approves_the_words_that_they_saw(self, person, by):
        row, analyst = agreed(person, by), make.an_analyst()
        release = a_waiting_report(analyst)
        before = release.digest
        services.put_in(story=row.pk, release=release.pk, by=analyst)
        with pytest.raises(Conflict):
            approve(release=release, by=make.a_privacy_officer(), seen=before)
        assert published(release).state == ReleaseState.APPROVED

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_second_person_reads_the_words_before_they_publish_and_readers_after(self, person, by, language):
        """Exactly as they are printed, in the language in which they were written; no other words, and nobody."""
        row, analyst = agreed(person, by, text=CANARY, wording="Good days.\n\n<b>Better</b> ones."), make.an_analyst()
        release = a_waiting_report(analyst)
        office = signed_in(make.a_privacy_officer())
        with translation.override(language):
            pages = [reverse(f"reports:{name}", args=[release.pk]) for name in ("release", "release_approve")]
        assert all("<blockquote" not in office.get(page).content.decode() for page in pages)
        services.put_in(story=row.pk, release=release.pk, by=analyst)
        before = [office.get(page).content.decode() for page in pages]
        published(release)
        for page in (*before, office.get(pages[0]).content.decode()):
            assert '<blockquote lang="en">' in page
            assert "<p>Good days.</p>" in page
            assert "<p>&lt;b&gt;Better&lt;/b&gt; ones.</p>" in page
            assert not [word for word in (CANARY, person.user.name, person.reference, str(row.pk)) if word in page]

    @pytest.mark.parametrize("kind", ["pdf", "both", "xlsx", "json", "csv"])
    def test_files_of_a_published_report_hold_the_words_once_in_each_language_part(self, person, by, kind):
        """CSV is figures alone. What somebody takes back later stays where it was published."""
        row, analyst = agreed(person, by, text=CANARY, wording="Good days.\n=1+1 <b>ones</b>."), make.an_analyst()
        release = a_waiting_report(analyst)
        services.put_in(story=row.pk, release=release.pk, by=analyst)
        published(release)
        services.take_back(by=person.user)
        found = said_in_file(
            kind, signed_in(analyst).get(reverse(f"reports:release_{kind}", args=[release.pk])).content
        )
        assert found.count("Good days.") == {"csv": 0, "both": 2}.get(kind, 1)
        assert found.count("=1+1 <b>ones</b>.") == {"csv": 0, "both": 2}.get(kind, 1)
        assert not [word for word in (CANARY, person.user.name, person.reference, str(row.pk)) if word in found]

    def test_what_was_not_agreed_cannot_be_put_in(self, person, by):
        row, analyst = proposed(a_story(person), by), make.an_analyst()
        with pytest.raises(DomainError) as refused:
            services.put_in(story=row.pk, release=a_waiting_report(analyst).pk, by=analyst)
        assert refused.value.code == "not_printable"
        assert not ReleasedStory.objects.exists()

    @pytest.mark.parametrize("way", ["consent", "take_back", "other_words", "leave"])
    def test_taken_back_it_leaves_every_report_that_waits_and_stays_in_published_ones(self, person, by, way):
        row, analyst = agreed(person, by, text=CANARY), make.an_analyst()
        old, new = a_waiting_report(analyst, period="2024"), a_waiting_report(analyst)
        for release in (old, new):
            services.put_in(story=row.pk, release=release.pk, by=analyst)
        published(old)
        if way == "consent":
            withdraw(person=person.user, purpose="story")
        elif way == "take_back":
            signed_in(person.user).post(PAGE, {"delete": "1"})
        elif way == "leave":
            story_of_person.erase(person.user)
        else:
            services.write(by=person.user, text="Other.", language="en", offer=False)
        assert list(ReleasedStory.objects.values_list("release", "text")) == [(old.pk, CANARY)]
        assert Story.objects.exists() == (way == "other_words")
        if way != "other_words":
            assert ReleasedStory.objects.get().story_id is None
        assert not Story.objects.printable().exists()

    def test_canary_words_that_nobody_agreed_to_are_on_no_page_but_the_two(self, person, by):
        """The person's own, and the coordinator's who reads it."""
        row = a_story(person, text=CANARY)
        pages = ("reports:words", "reports:overview", "reports:answers", "desk:words", "desk:today")
        for who in (by, make.an_analyst(), make.a_privacy_officer(), make.with_role(make.a_user(), "administrator")):
            browser = signed_in(who)
            for name in pages:
                assert CANARY not in browser.get(reverse(name)).content.decode(), name
        assert CANARY in signed_in(by).get(reverse("desk:word", args=[row.pk])).content.decode()
        with suppress(OutboxMessage.DoesNotExist):
            assert CANARY not in str(OutboxMessage.objects.latest("due_at").context)


class TestRights:
    def test_copy_of_the_person_holds_it(self, person, by):
        agreed(person, by, wording="It was good.")
        (section,) = [one for one in sections() if one.code == "story"]
        (record,) = section.collect(person.user)
        assert {LINES, "It was good."} <= {str(line.value) for line in record}

    def test_files_that_become_one_keep_it_where_it_was_agreed(self, person, by):
        row, other = a_story(person), make.an_accepted_participant("QC", by=by)
        assert story_of_person.move(other, person) == []
        make.agree(other.user, "story")
        moved = story_of_person.move(other, person)
        row = Story.objects.get()
        assert (moved, row.person_id, row.text) == ([str(row.pk)], other.user_id, LINES)
        story_of_person.back(other, person, moved)
        assert Story.objects.get().text == LINES
        assert Story.objects.get().person_id == person.user_id

    def test_consent_says_what_stays(self, person):
        make.agree(person.user, "story")
        assert Consent.objects.in_force(person.user, "story")
        page = signed_in(person.user).get("/en/my/consents/story/withdraw/").content.decode()
        assert "cannot call copies back" in page
