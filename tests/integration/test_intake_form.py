"""The public form: what it takes, what it refuses and how it says so, and what it keeps."""

from __future__ import annotations

from html import unescape

import pytest
from django.utils import timezone

from consent.models import Consent, ConsentVersion
from contact.models import OutboxMessage, SafeContact
from intake.models import Application, EligibilityVersion, IneligibleTally, Participant
from psp.content import load
from psp.models import User
from tests.forms import GOOD, fill, grown, hidden_fields, row_counts, typed

pytestmark = pytest.mark.django_db

NOTHING_NEW = {"default.intake_ineligibletally": 1}
ADULT_EN = "The program is for people who are 18 or older."


def text_of(response) -> str:
    return unescape(response.content.decode())


def test_application_sent_opens_a_file(client):
    response = fill(client)
    assert (response.status_code, response["Location"]) == (302, "/en/intake/sent/")
    application = Application.objects.get()
    participant = application.participant
    assert (application.state, application.services, application.language) == ("submitted", ["formal"], "en")
    assert application.answers == {
        "affiliation": "veteran", "adult": True, "experienced": True, "has_device": True, "agrees_to_meeting": True,
    }  # fmt: skip
    assert (application.version.number, application.notice_version) == (1, 1)
    assert (participant.region_id, participant.program_region_id, participant.modalities) == ("QC", "QC", ["virtual"])
    assert (participant.user.name, participant.user.sealed_email) == (GOOD["name"], GOOD["email"])
    assert (participant.user.kind, participant.user.time_zone) == ("participant", "America/Toronto")
    assert SafeContact.objects.get().email_safe
    assert sorted(Consent.objects.values_list("purpose", flat=True)) == ["contact_email", "taking_part"]
    assert OutboxMessage.objects.get().template_id == "application_received"


def test_application_in_french_is_kept_in_french(client):
    fill(client, "fr")
    application = Application.objects.get()
    consent = Consent.objects.get(purpose="taking_part")
    assert (application.language, application.participant.user.language) == ("fr", "fr")
    assert consent.language == "fr"
    assert "J’accepte de participer." in consent.text


def test_page_asks_in_the_words_of_the_version_in_force(client):
    content = load("eligibility_v1")
    content["rules"]["version"] = 2
    for item in content["wording"]["criteria"]:
        item["question_en"] = f"Newly worded: {item['code']}"
    fill(client, email="before@example.org")
    EligibilityVersion.objects.create(
        number=2, content=content, valid_from=timezone.localdate(), published_at=timezone.now()
    )
    page = text_of(client.get("/en/intake/"))
    assert "Newly worded: adult" in page
    fill(client, email="after@example.org")
    versions = Application.objects.order_by("submitted_at").values_list("version__number", flat=True)
    assert list(versions) == [1, 2]


def test_criterion_limited_to_group_services_is_data_not_code(client):
    """The wording and reach of a criterion has changed before; a change is a new version, nothing else."""
    content = load("eligibility_v1")
    content["rules"]["version"] = 2
    next(item for item in content["rules"]["criteria"] if item["code"] == "meeting")["services"] = [
        "formal",
        "informal",
    ]
    EligibilityVersion.objects.create(
        number=2, content=content, valid_from=timezone.localdate(), published_at=timezone.now()
    )
    assert fill(client, services=["activity"], meeting="no").status_code == 302
    assert fill(client, services=["formal"], meeting="no", email="x@example.org").status_code == 200


def test_page_never_has_a_place_for_a_story_or_a_file(client):
    page = client.get("/en/intake/").content.decode()
    assert "<textarea" not in page
    assert 'type="file"' not in page
    assert "what happened" in page  # said once, as what is never asked


def test_title_of_every_page_is_neutral(client):
    for path in ("", "sent/", "elsewhere/"):
        page = client.get(f"/en/intake/{path}").content.decode()
        title = page.split("<title>")[1].split("</title>")[0].lower()
        assert not [word for word in ("support", "sexual", "trauma", "military", "intake", "program") if word in title]


# --- bad input: the field, what is wrong, how to mend it, and what was typed ---

WRONG = [
    ({"read_notice": None}, "read_notice", "Please read the notice, then tick this line to go on."),
    ({"affiliation": None}, "affiliation", "Choose the line that describes you best."),
    ({"affiliation": "general"}, "affiliation", "Choose the line that describes you best."),
    ({"experienced": None}, "experienced", "Answer yes or no. We ask nothing more about it."),
    ({"services": None}, "services", "Choose at least one. You can change it later."),
    ({"services": ["formal", "\x00"]}, "services", "Choose an answer."),
    ({"modalities": ["telepathy"]}, "modalities", "Choose an answer."),
    ({"region": ""}, "region", "Choose the place where you live."),
    ({"region": "ZZ"}, "region", "Choose a place from the list."),
    ({"region": "\x00"}, "region", "Choose a place from the list."),
    ({"email_safe": None}, "email_safe", "Choose an answer."),
    ({"email": ""}, "email", "Write the e-mail address at which it is safe to reach you."),
    ({"email": "camille"}, "email", "Write an e-mail address such as name@example.ca."),
    ({"email": "🦫@example"}, "email", "Write an e-mail address such as name@example.ca."),
    ({"email": "a" * 10_000 + "@example.ca"}, "email", "This address is too long. Please check it."),
    ({"phone": "call me"}, "phone", "Write the phone number with its area code, as in 613 555 0123."),
    ({"phone": "5" * 10_000}, "phone", "Please use at most 40 characters here."),
    ({"call_safe": "on"}, "phone", "Add the number that we may use, or untick the lines below it."),
    ({"hours": None}, "hours", "Choose an answer."),
    ({"name": ""}, "name", "Write a name that we can call you by. Any name will do."),
    ({"name": "\x00\x00"}, "name", "Write a name that we can call you by. Any name will do."),
    ({"name": "x" * 10_000}, "name", "Please use at most 80 characters here."),
    ({"language": "de"}, "language", "Choose an answer."),
    ({"taking_part__agree": None}, "taking_part__agree", "Tick this line if you agree. Without it we cannot go on."),
    ({"typed_name": " \u200b "}, "typed_name", "Type your name to sign. Any name you go by will do."),
    ({"contact_email__may_write": None}, "contact_email__may_write",
     "Tick this line too to say yes, or untick the other to say no."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "field", "sentence"), WRONG)
def test_wrong_answer_is_named_with_how_to_mend_it(client, changes, field, sentence):
    answers = {name: value for name, value in (typed(client) | changes).items() if value is not None}
    before = row_counts()
    response = client.post("/en/intake/", answers)
    page = text_of(response)
    assert response.status_code == 200
    assert sentence in page
    question = page.split(f'data-question="{field}"')[1].split("data-question=")[0]
    assert sentence in question
    assert grown(before) == {}
    kept = ("name", "email", "typed_name")
    assert all(f'value="{GOOD[name]}"' in page for name in kept if name not in changes)
    assert hidden_fields(page)["sent_key"] == answers["sent_key"]


@pytest.mark.parametrize("value", ["", "not-a-uuid", "\x00", "x" * 10_000])
def test_broken_key_of_the_form_gets_a_new_one(client, value):
    answers = typed(client, sent_key=value)
    page = text_of(client.post("/en/intake/", answers))
    assert "Please send this page again." in page
    assert client.post("/en/intake/", answers | hidden_fields(page)).status_code == 302


def test_every_field_at_once_with_nul_bytes_is_refused_without_a_fault(client):
    response = client.post("/en/intake/", dict.fromkeys([*GOOD, "sent_key", "texts", "look_anyway", "change"], "\x00"))
    assert response.status_code == 200
    assert not Participant.objects.exists()


def test_nothing_sent_at_all_lists_what_is_missing(client):
    page = text_of(client.post("/en/intake/", {}))
    summary = page.split("data-error-summary")[1].split("</ul>")[0]
    # In the order of the page.
    named = [summary.index(text) for text in ("Which of these describes you", "What interests you?", "What should we")]
    assert named == sorted(named)


@pytest.mark.parametrize(
    "name",
    ["Zoé-Ève O’Brien", "מרים", "سارة بنت أحمد", "🦫 Beaver", "Nguyễn Thị Ánh", "x" * 80, "<b>Jo</b>", "{{ 7 }}"],
)
def test_name_of_any_script_is_kept_as_typed(client, name):
    assert fill(client, name=name, typed_name=name).status_code == 302
    assert User.objects.get(kind="participant").name == name
    assert Consent.objects.get(purpose="taking_part").typed_name == name


def test_invisible_and_direction_characters_are_left_out_of_a_name(client):
    fill(client, name="\u202eeve\u0000 \n line\u200b")
    assert User.objects.get(kind="participant").name == "eve line"


def test_extra_fields_change_nothing(client):
    """[security] 29: what the form does not ask cannot be posted into a model."""
    extra = {"state": "accepted", "accepted_for": "formal", "decided_by": "1", "kind": "staff", "is_superuser": "on",
             "do_not_contact": "on", "program_region": "ON", "reference": "AAAA-AAAA", "revision": "9"}  # fmt: skip
    fill(client, **extra)
    application = Application.objects.get()
    participant = application.participant
    assert (application.state, application.accepted_for, application.revision) == ("submitted", [], 0)
    assert (participant.program_region_id, participant.user.kind, participant.user.is_superuser) == (
        "QC", "participant", False,
    )  # fmt: skip
    assert participant.reference != "AAAA-AAAA"
    assert not SafeContact.objects.get().do_not_contact


# --- safe contact ---


def test_phone_alone_is_enough_when_email_is_not_safe(client):
    answers = {"email_safe": "no", "email": "", "phone": "(613) 555-0123", "call_safe": "on",
               "voicemail_safe": "on", "hours": "evenings", "contact_phone__may_call": "on",
               "contact_email__may_write": None,
               "contact_email__others_may_see": None}  # fmt: skip
    assert fill(client, **answers).status_code == 302
    choices = SafeContact.objects.get()
    assert (choices.email_safe, choices.call_safe, choices.voicemail_safe) == (False, True, True)
    assert choices.phone == "(613) 555-0123"
    assert choices.hours == [[day, 1020, 1260] for day in range(7)]
    assert User.objects.get(kind="participant").email == ""


def test_somebody_who_cannot_be_reached_is_told_before_sending(client):
    no_consent = {"contact_email__may_write": None, "contact_email__others_may_see": None}
    assert "Or give a phone number that we may call." in text_of(fill(client, **no_consent))
    nothing = {"email_safe": "no", "email": "", **no_consent}
    assert "We need one safe way to answer you" in text_of(fill(client, **nothing))
    assert not Participant.objects.exists()


def test_consents_that_were_not_ticked_are_not_signed(client):
    fill(client, results__may_count="on")
    assert Consent.objects.filter(purpose="results").count() == 1
    fill(client, email="other@example.org")
    assert Consent.objects.filter(purpose="results").count() == 1


def test_text_that_changed_meanwhile_is_not_signed(client):
    answers = typed(client)
    old = ConsentVersion.objects.get(purpose="taking_part")
    ConsentVersion.objects.create(
        purpose="taking_part", number=2, title_en="New", title_fr="Neuf", summary_en="S", summary_fr="S",
        statements=old.statements, valid_from=timezone.localdate(), published_at=timezone.now(),
        older_until=timezone.localdate(),
    )  # fmt: skip
    page = text_of(client.post("/en/intake/", answers))
    assert "Our texts changed while you were writing." in page
    assert not Participant.objects.exists()
    # What was typed stays, the ticks of the old text do not.
    assert 'value="Camille T."' in page
    boxes = page.split('name="taking_part__agree"')[1].split(">")[0]
    assert "checked" not in boxes
    assert client.post("/en/intake/", answers | hidden_fields(page)).status_code == 302
    assert Consent.objects.get(purpose="taking_part").version.number == 2


# --- not eligible ---


def test_person_who_is_not_eligible_is_told_which_criterion_and_nothing_is_kept(client):
    answers = typed(client, adult="no")
    before = row_counts()
    response = client.post("/en/intake/", answers)
    page = text_of(response)
    assert grown(before) == NOTHING_NEW
    assert (response.status_code, client.cookies.keys() & {"psp_session"}) == (200, set())
    assert ADULT_EN in page
    assert "Kids Help Phone" in page
    tally = IneligibleTally.objects.get()
    assert (tally.reason, tally.count, tally.month) == ("under_18", 1, timezone.localdate().replace(day=1))


def test_person_who_is_not_eligible_in_french_is_told_in_french(client):
    page = text_of(fill(client, "fr", affiliation="family_member"))
    assert "Le programme prévoit accueillir les familles, mais il ne peut pas encore le faire." in page


def test_tally_counts_each_reason_once_a_person(client):
    fill(client, adult="no", meeting="no")
    fill(client, adult="no")
    assert dict(IneligibleTally.objects.values_list("reason", "count")) == {"under_18": 2, "meeting_declined": 1}


def test_not_eligible_is_said_before_the_rest_is_judged(client):
    """Nobody has to fill in the whole page to hear it."""
    page = text_of(fill(client, adult="no", name="", email="", typed_name=""))
    assert ADULT_EN in page
    assert "Write a name" not in page


def test_coordinator_can_be_asked_to_look_anyway(client):
    page = text_of(fill(client, adult="no"))
    assert 'name="look_anyway"' in page
    assert f'name="name" value="{GOOD["name"]}"' in page
    response = client.post("/en/intake/", typed(client, adult="no", look_anyway="1"))
    assert response.status_code == 302
    assert Application.objects.get().answers["adult"] is False


def test_answers_can_be_changed_from_the_refusal(client):
    page = text_of(client.post("/en/intake/", typed(client, adult="no", change="1")))
    assert f'value="{GOOD["name"]}"' in page
    assert "data-error-summary" not in page
    assert not IneligibleTally.objects.exists()


def test_check_keeps_nothing(client):
    answers = {key: GOOD[key] for key in ("affiliation", "adult", "experienced", "device", "meeting")}
    before = row_counts()
    assert client.post("/en/intake/check/", answers).status_code == 204
    assert client.post("/en/intake/check/", answers | {"adult": ""}).status_code == 204
    refused = client.post("/en/intake/check/", answers | {"adult": "no"})
    assert (refused.status_code, ADULT_EN in text_of(refused)) == (200, True)
    assert "data-continue-anyway" in text_of(refused)
    assert grown(before) == {}


def test_stopping_after_the_check_counts_once_and_shows_who_else_helps(client):
    before = row_counts()
    response = client.post("/en/intake/stop/", {"reason": ["under_18", "under_18", "unanswered_adult", "nonsense"]})
    assert response["Location"] == "/en/intake/elsewhere/"
    assert grown(before) == NOTHING_NEW
    assert IneligibleTally.objects.get().count == 1
    assert "2-1-1" in text_of(client.get("/en/intake/elsewhere/"))


# --- limits and safety of the route ---


def test_too_many_from_one_network_get_a_clear_answer_and_keep_what_they_typed(client, settings):
    settings.PSP_APPLICATIONS_PER_HOUR = 2
    for number in range(2):
        assert fill(client, email=f"a{number}@example.org").status_code == 302
    response = fill(client, email="late@example.org")
    page = text_of(response)
    assert response.status_code == 429
    assert "Please send this again a little later, or call us." in page
    assert 'value="late@example.org"' in page
    # A forged header does not open it, another network is not held up ([security] 14).
    assert client.post("/en/intake/", typed(client), headers={"x-forwarded-for": "198.51.100.7"}).status_code == 429
    assert client.post("/en/intake/", typed(client), REMOTE_ADDR="198.51.100.7").status_code == 302


def test_property_12_pages_write_nothing_when_they_are_read(client):
    client.get("/en/intake/")
    before = row_counts()
    for path in ("", "sent/", "elsewhere/"):
        assert client.get(f"/en/intake/{path}").status_code == 200
    assert grown(before) == {}
    for path in ("check/", "stop/"):
        assert client.get(f"/en/intake/{path}").status_code == 405
    for path in ("sent/", "elsewhere/"):
        assert client.post(f"/en/intake/{path}").status_code == 405


def test_property_12_sending_needs_the_token_of_the_page():
    from tests.browser import Browser

    strict = Browser(enforce_csrf_checks=True)
    for path in ("", "check/", "stop/"):
        assert strict.post(f"/en/intake/{path}", typed(strict)).status_code == 403
    assert not Participant.objects.exists()


def test_page_after_sending_knows_nothing_about_who_sent_it(client):
    from tests.browser import Browser

    fill(client)
    mine, anybody = client.get("/en/intake/sent/"), Browser().get("/en/intake/sent/")
    assert "psp_session" not in client.cookies
    assert GOOD["name"] not in text_of(mine)
    assert Participant.objects.get().reference not in text_of(mine)
    strip = lambda page: page.split("csrfmiddlewaretoken")[0]  # noqa: E731
    assert strip(text_of(mine)) == strip(text_of(anybody))
