"""What the public pages say, that they lead to one another, and that reading them leaves nothing behind."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from contact.lint import neutral_violations
from groups.models import KindSetting
from intake.models import EligibilityVersion
from psp.content import load

pytestmark = pytest.mark.django_db
PAGES = ("", "services/", "after-applying/", "privacy-notice/", "safe-use/")


def text_of(client, path: str) -> str:
    page = client.get(path).content.decode()
    return re.sub(r"[ \n]+", " ", page)


def test_sizes_and_lengths_are_those_of_the_program_settings(client):
    KindSetting.objects.filter(pk="formal").update(min_size=5, max_size=9, session_count=12, minutes=75, weeks_apart=2)
    KindSetting.objects.filter(pk="informal").update(max_size=14, session_count=6, minutes=60)
    KindSetting.objects.filter(pk="activity").update(max_size=25, session_count=1, minutes=120)
    page = text_of(client, "/en/services/")
    for words in ("5 to 9 people", "12 sessions of about 75 minutes", "One session every 2 weeks", "Up to 14 people",
                  "6 sessions of about 60 minutes", "One session each week", "2 trained peers", "Up to 25 people",
                  "Most often 1 session of about 120 minutes"):  # fmt: skip
        assert words in page
    assert "The same 5 to 9 people for 12 sessions." in text_of(client, "/en/")
    assert "De 5 à 9\u00a0personnes" in text_of(client, "/fr/services/")


@pytest.mark.parametrize("path", ["/en/", "/en/services/"])
def test_who_it_is_for_follows_the_criteria_in_force(client, path):
    first = text_of(client, path)
    assert "You are 18 or older." in first
    assert "family member" not in first
    content = load("eligibility_v1")
    content["rules"]["version"] = 2
    for item in content["rules"]["affiliations"]:
        item["on"] = True
    for item in content["rules"]["criteria"]:
        item["on"] = item["code"] != "device"
    EligibilityVersion.objects.create(
        number=2, content=content, valid_from=timezone.localdate(), published_at=timezone.now()
    )
    page = text_of(client, path)
    assert "Or you are a family member of one of these people." in page
    assert "internet connection you can rely on" not in page
    assert "You are 18 or older." in page


def test_page_about_what_we_offer_stands_without_any_setting(client, monkeypatch):
    monkeypatch.setattr("psp.views.public_figures", lambda *_page: {})
    for path in ("/en/", "/en/services/", "/fr/after-applying/"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_menu_leads_to_every_page_and_says_which_one_is_open(client, language, path):
    page = text_of(client, f"/{language}/{path}")
    menu = page[page.index('class="places-row"') : page.index("<main")]
    for other in PAGES:
        assert f'href="/{language}/{other}"' in menu
    assert re.search(rf'href="/{language}/{path}" aria-current="page"', menu)


def test_form_has_no_menu_to_leave_it_by_mistake(client):
    assert 'class="places-row"' not in text_of(client, "/en/intake/")


@pytest.mark.parametrize("path", PAGES)
def test_property_19_titles_are_neutral_and_reading_stores_nothing_that_tells(client, path):
    answer = client.get(f"/en/{path}")
    titles = re.findall(r"<title>(.*?)</title>", answer.content.decode(), re.S)
    assert neutral_violations(titles[0].strip(), "en") == []
    assert neutral_violations(path.replace("/", " ").replace("-", " "), "en") == []
    assert set(answer.cookies) <= {"psp_csrf"}, "needed by the quick exit; nothing says what was read"


@pytest.mark.parametrize(("language", "history"), [("en", "does <strong>not</strong> erase"), ("fr", "n’efface pas")])
@pytest.mark.parametrize("path", ["", "services/", "after-applying/", "intake/"])
def test_quick_exit_is_explained_without_a_script_and_folds_by_itself(client, language, history, path):
    page = text_of(client, f"/{language}/{path}")
    note = page[page.index('<details class="exit-note"') :]
    note = note[: note.index("</details>")]
    assert history in note
    assert ("Maj" if language == "fr" else "Shift") in note
    assert f'href="/{language}/safe-use/"' in note
    # Open at the first look, on the front page; a second visit is like the first, for nothing is kept.
    assert bool(re.match(r'<details class="exit-note" open', note)) == (path == "")


def test_steps_after_applying_are_all_named(client):
    page = text_of(client, "/en/after-applying/")
    names = ["We get in touch", "You meet", "You get an answer", "You wait for a place", "We invite you"]
    assert re.findall(r'<h2 class="h3">\s*(.*?)\s*</h2>', page) == names
