"""Agreeing on one's own page, the protocol in one tap, and the administrators' editor."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from psp.audit.models import Entry
from psp.choices import Role
from psp.models import Region
from supporters.choices import TextKind
from supporters.models import Acknowledgement, Pairing, ProgramText
from supporters.texts.forms_editor import ProgramTextForm
from supporters.texts.reading import current, needs_acknowledging
from supporters.texts.services import draft, fingerprint
from tests.browser import Browser
from tests.factories import (
    a_bookable_coordinator,
    a_coordinator,
    a_formal_group,
    a_new_clinician,
    a_newcomer,
    a_user,
    sign_in,
    with_role,
)
from tests.integration.test_supporters_texts import PROTOCOL, STAFF, SUPPORTER, a_new_version, agree_to

pytestmark = pytest.mark.django_db
ROOT = "/admin/supporters/programtext/"


def browser_of(user) -> Browser:
    browser = Browser()
    sign_in(browser, user)
    return browser


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.content.decode())


AREAS = [("lead", a_newcomer, SUPPORTER), ("lead", a_new_clinician, STAFF),
         ("desk", a_coordinator, STAFF), ("care", lambda: with_role(a_user(), Role.SUPERVISOR), STAFF)]  # fmt: skip


class TestAgreeing:
    @pytest.mark.parametrize(("area", "make", "kind"), AREAS)
    def test_each_reads_and_agrees_in_their_own_area(self, area, make, kind):
        me = make()
        browser = browser_of(me)
        home = text(browser.get(f"/en/{area}/"))
        assert f"/en/{area}/agreement/" in home, "a card while it is due"
        page = text(browser.get(f"/en/{area}/agreement/"))
        for section in current(kind).sections:
            assert section["heading_en"] in page
            assert all(point in page for point in section["points_en"])
        answer = browser.post(f"/en/{area}/agreement/", {"agree": "on", "number": "1"})
        assert answer.status_code == 302
        (said,) = Acknowledgement.objects.filter(user=me)
        assert (said.text, said.language) == (current(kind), "en")
        after = text(browser.get(f"/en/{area}/agreement/"))
        assert 'name="agree"' not in after
        assert "You agreed to this version" in after
        assert "card-agreement" not in text(browser.get(f"/en/{area}/"))
        kept = text(browser.get(f"/en/{area}/agreement/{said.pk}/"))
        assert current(kind).sections[0]["points_en"][0] in kept

    def test_without_the_box_nothing_is_kept(self):
        me = a_newcomer()
        page = text(browser_of(me).post("/en/lead/agreement/", {"number": "1"}))
        assert "Tick the box if you agree" in page
        assert page.count('class="error-summary"') == 1
        assert not Acknowledgement.objects.filter(user=me).exists()

    def test_what_is_new_stands_first_in_the_readers_language(self):
        me = a_newcomer()
        agree_to(me)
        a_new_version(words="You may bring a cushion.")
        english = text(browser_of(me).get("/en/lead/agreement/"))
        assert "<ins>You may bring a cushion.</ins>" in english
        assert english.index("What is new since version 1") < english.index('id="part-')
        french = text(browser_of(me).get("/fr/lead/agreement/"))
        assert "<ins>You may bring a cushion. (fr)</ins>" in french

    def test_a_version_that_came_out_while_reading_is_shown_and_not_agreed_to(self):
        me = a_newcomer()
        browser = browser_of(me)
        browser.get("/en/lead/agreement/")
        a_new_version()
        page = text(browser.post("/en/lead/agreement/", {"agree": "on", "number": "1"}))
        assert "A newer version came out a moment ago" in page
        assert 'value="2"' in page
        assert not Acknowledgement.objects.filter(user=me).exists()

    def test_what_was_agreed_to_is_read_in_the_language_of_that_day_and_by_nobody_else(self):
        me, other = a_newcomer(language="fr"), a_newcomer()
        said = agree_to(me)
        page = text(browser_of(me).get(f"/en/lead/agreement/{said.pk}/"))
        assert f'lang="{said.language}"' in page
        assert current(SUPPORTER).sections[0]["points_fr"][0] in page
        assert browser_of(other).get(f"/en/lead/agreement/{said.pk}/").status_code == 404

    def test_waiting_for_agreement_blocks_nothing_else(self):
        me = a_newcomer()
        assert needs_acknowledging(me)
        browser = browser_of(me)
        for path in ("/en/lead/", "/en/lead/me/", "/en/lead/calendar/", "/en/lead/protocol/"):
            assert browser.get(path).status_code == 200

    def test_supervisors_see_who_of_their_people_has_yet_to_read(self):
        me, mine, other = with_role(a_user(), Role.SUPERVISOR), a_newcomer(name="Camille T"), a_newcomer()
        Pairing.objects.create(user=mine, supervisor=me)
        Pairing.objects.create(user=other, supervisor=with_role(a_user(), Role.SUPERVISOR))
        home = text(browser_of(me).get("/en/care/"))
        card = home[home.index('id="card-texts"') :].split("</section>")[0]
        assert "Camille T" in card
        assert Entry.objects.filter(actor=me.pk, person=mine.pk, model="supporters.pairing").count() == 1
        assert other.name not in home
        agree_to(mine)
        assert "card-texts" not in text(browser_of(me).get("/en/care/"))


class TestProtocol:
    def test_it_is_one_tap_away_from_the_front_page_and_from_a_session(self):
        me = a_newcomer()
        browser = browser_of(me)
        assert 'href="/en/lead/protocol/"' in text(browser.get("/en/lead/"))
        page = text(browser.get("/en/lead/protocol/"))
        for section in current(PROTOCOL).sections:
            assert f'href="#part-{section["code"]}"' in page
            assert f'id="part-{section["code"]}"' in page
        assert 'href="tel:911"' in page

    def test_coordination_of_the_regions_where_somebody_leads_by_role_with_a_number_where_there_is_one(self):
        here = a_bookable_coordinator(name="Canari-Nom", phone="514 555 0142")
        a_coordinator("ON", name="Canari-Ailleurs")
        group = a_formal_group(here)
        me = group.leads.get().user
        page = text(browser_of(me).get("/en/lead/protocol/"))
        assert 'href="tel:+15145550142"' in page
        assert "Coordination, Quebec" in page
        assert "Coordination, Ontario" not in page
        assert "Canari" not in page, "by role, not by name"

    def test_without_a_number_there_is_no_button(self):
        group = a_formal_group(a_coordinator())
        page = text(browser_of(group.leads.get().user).get("/en/lead/protocol/"))
        assert "No number is kept here" in page

    def test_help_lines_of_other_provinces_are_left_out(self):
        from psp import crisis
        from psp.models import CrisisLine

        CrisisLine.objects.create(code="on-only", name_en="Ontario Line", name_fr="Ligne Ontario", what_en="x",
                                  what_fr="x", phone="1-800-555-0100", regions=["ON"])  # fmt: skip
        crisis.forget()
        assert Region.objects.get(pk="ON").program_region_id != "QC"
        group = a_formal_group(a_coordinator())
        assert "Ontario Line" not in text(browser_of(group.leads.get().user).get("/en/lead/protocol/"))
        assert "Ontario Line" in text(browser_of(a_newcomer()).get("/en/lead/protocol/")), "no region known: all"


@pytest.fixture
def office():
    return browser_of(with_role(a_user(language="en"), Role.ADMINISTRATOR))


def drafted(office: Browser, kind: str = SUPPORTER) -> ProgramText:
    assert office.post(f"{ROOT}add/", {"kind": kind}).status_code == 302
    return ProgramText.objects.get(kind=kind, published_at__isnull=True)


def typed(version: ProgramText, **changes: Any) -> dict[str, Any]:
    form = ProgramTextForm(text=version)
    return {name: str(form[name].value() or "") for name in form.fields} | changes


def send(office: Browser, version: ProgramText, **changes: Any) -> ProgramText:
    answer = office.post(f"{ROOT}{version.pk}/change/", typed(version, **changes))
    assert answer.status_code == 302, answer.context["form"].problems()
    return ProgramText.objects.get(pk=version.pk)


def codes(version: ProgramText) -> list[str]:
    return [one["code"] for one in version.sections]


class TestEditor:
    def test_sending_the_page_as_it_is_changes_nothing(self, office):
        for kind in TextKind.values:
            draft_of = drafted(office, kind)
            assert send(office, draft_of).sections == draft_of.sections

    def test_a_section_is_added_moved_reworded_and_removed_without_writing_json(self, office):
        made = drafted(office)
        new = {"heading_new_en": "More", "heading_new_fr": "Plus", "points_new_en": "One.\n\nTwo.",
               "points_new_fr": "Un.\nDeux."}  # fmt: skip
        made = send(office, made, **new)
        added = codes(made)[-1]
        assert made.sections[-1] == {"code": added, "heading_en": "More", "heading_fr": "Plus",
                                     "points_en": ["One.", "Two."], "points_fr": ["Un.", "Deux."]}  # fmt: skip
        before = codes(made)
        made = send(office, made, move=f"up:{added}")
        assert codes(made) == [*before[:-2], added, before[-2]]
        made = send(office, made, move=f"remove:{added}", heading_does_en="What is yours to do")
        assert added not in codes(made)
        assert made.sections[0]["heading_en"] == "What is yours to do"
        assert codes(send(office, made, **new))[-1] != "section_0"

    @pytest.mark.parametrize(
        ("change", "words"),
        [({"points_does_fr": "Un seul."}, "Write as many in both"), ({"title_fr": ""}, "Write it in this language too"),
         ({"heading_new_en": "Only"}, "Write it in this language too")],
    )  # fmt: skip
    def test_text_in_one_language_only_is_refused_and_what_was_typed_stays(self, office, change, words):
        made = drafted(office)
        page = text(office.post(f"{ROOT}{made.pk}/change/", typed(made, **change)))
        assert words in page

    def test_publishing_says_what_is_different_and_how_many_are_asked_and_wants_a_yes(self, office):
        for _one in range(3):
            a_newcomer()
        made = send(office, drafted(office), title_en="What we agree on now", heading_does_en="Yours to do")
        page = text(office.get(f"{ROOT}{made.pk}/publish/"))
        for words in ("Yours to do", "What you do", "What we agree on now", "People who are asked to agree"):
            assert words in page
        assert "\n        3\n" in page
        seen = {"seen": fingerprint(made)}
        assert "Tick the box to publish" in text(office.post(f"{ROOT}{made.pk}/publish/", seen))
        assert office.post(f"{ROOT}{made.pk}/publish/", {**seen, "sure": "on"}).status_code == 302
        assert current(SUPPORTER) == ProgramText.objects.get(pk=made.pk)
        closed = text(office.get(f"{ROOT}{made.pk}/change/"))
        assert "does not change any more" in closed
        assert office.post(f"{ROOT}{made.pk}/change/", typed(made)).status_code == 403

    def test_a_stale_page_is_a_conflict(self, office):
        made = drafted(office)
        old = typed(made)
        send(office, made, title_en="Other")
        assert "Somebody changed this draft" in text(office.post(f"{ROOT}{made.pk}/change/", old))
        seen = {"seen": old["seen"], "sure": "on"}
        assert "Somebody changed this draft" in text(office.post(f"{ROOT}{made.pk}/publish/", seen))

    def test_a_draft_is_previewed_in_both_languages_and_thrown_away(self, office):
        made = drafted(office, PROTOCOL)
        page = text(office.get(f"{ROOT}{made.pk}/preview/"))
        assert made.sections[0]["points_en"][0] in page
        assert made.sections[0]["points_fr"][0] in page
        assert "Nobody is asked to agree" in text(office.get(f"{ROOT}{made.pk}/publish/"))
        assert office.post(f"{ROOT}{made.pk}/delete/", {"post": "yes"}).status_code == 302
        assert not ProgramText.objects.filter(pk=made.pk).exists()

    def test_addresses_that_are_no_version_are_not_found(self, office):
        for path in ("999999999/change/", "x/change/", "999999999/publish/", "999999999/preview/"):
            assert office.get(f"{ROOT}{path}").status_code == 404
        assert office.post(f"{ROOT}add/", {"kind": "nothing"}).status_code == 404

    def test_nobody_but_administrators_gets_there(self):
        made = draft(kind=STAFF, by=with_role(a_user(), Role.ADMINISTRATOR))
        browser = browser_of(a_coordinator())
        for path in ("", "add/", f"{made.pk}/change/", f"{made.pk}/publish/"):
            assert browser.get(f"{ROOT}{path}").status_code in (302, 403)
