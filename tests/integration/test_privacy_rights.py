"""The person's rights: a copy at once, corrections with an answer, deletion asked for, and leaving."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from consent.models import Consent
from consent.services import countersign
from contact.choices import OutboxState
from contact.models import OutboxMessage
from contact.services import queue_message, set_safe_contact
from groups.choices import MembershipState
from groups.models import Membership
from groups.services import add_member
from intake.choices import ApplicationState, MeetingState
from intake.models import Application, IntakeMeeting
from intake.services import set_meeting
from intake.services_preferences import set_preferences
from privacy import services
from privacy.choices import RequestKind, RequestState
from privacy.holdings import sections
from privacy.models import RightsRequest
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden
from psp.models import User
from sessions.models import Attendance, GroupSession
from tests.browser import Browser
from tests.factories import (
    a_coordinator,
    a_correction,
    a_facilitator,
    a_group,
    a_participant,
    a_privacy_officer,
    agree,
    an_accepted_participant,
    an_application,
    sign_in,
)

pytestmark = pytest.mark.django_db
MINE = {"name": "Camille Canari", "phone": "613 555 0123", "email": "camille@exemple.ca", "words": "Un seul n, svp",
        "access": "Sous-titres"}  # fmt: skip
THEIRS = {"member": "Dominique Étranger", "coordinator": "Maude Régionale", "lead": "Sacha Pair"}


def browser_of(user: User) -> Browser:
    browser = Browser()
    sign_in(browser, user)
    return browser


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return unescape(answer.content.decode())


@pytest.fixture
def coordinator():
    return a_coordinator("QC", name=THEIRS["coordinator"])


@pytest.fixture
def full(coordinator):
    """Somebody with something in every section, beside people who must not appear in their copy."""
    made = an_accepted_participant("QC", by=coordinator, name=MINE["name"], email=MINE["email"], language="en")
    me = made.user
    countersign(consent=agree(me, "contact_email"), by=coordinator)
    set_safe_contact(person=me, by=me, email_safe=True, phone=MINE["phone"], name_to_use="Cam")
    set_safe_contact(person=me, by=me, email_safe=True, phone=MINE["phone"], name_to_use="Canari")
    begin = timezone.now() - timedelta(days=2)
    IntakeMeeting.objects.create(
        application=made.applications.get(), coordinator=coordinator, starts_at=begin,
        ends_at=begin + timedelta(hours=1), state=MeetingState.HELD,
    )  # fmt: skip
    group = a_group(coordinator)
    other = an_accepted_participant("QC", by=coordinator, name=THEIRS["member"], email="other@exemple.ca")
    for person in (made, other):
        add_member(group=group, participant=person, by=coordinator)
    session = GroupSession.objects.create(group=group, number=1, starts_at=begin, ends_at=begin + timedelta(hours=1))
    lead = a_facilitator(name=THEIRS["lead"])
    for person in (made, other):
        Attendance.objects.create(session=session, participant=person, status="present", recorded_by=lead)
    set_preferences(
        participant=made, by=me, languages=["fr"], compositions=["women"], availability=[[1080, 1200]],
        accessibility=MINE["access"],
    )  # fmt: skip
    queue_message(person=me, template="decision_ready", key="x", context={})
    a_correction(made, text=MINE["words"])
    a_correction(other, text="Somebody else's words")
    made.other = other
    return made


# --- a copy ---


def test_copy_holds_what_the_person_gave_and_nothing_of_others(full):
    me = browser_of(full.user)
    page, data = text(me.get("/en/my/rights/copy/")), me.get("/en/my/rights/copy/download/").content.decode()
    for copy in (page, data):
        for canary in MINE.values():
            assert canary in copy, canary
        assert full.reference in copy
        assert "Tuesday evenings" in copy
        for canary in (*THEIRS.values(), full.other.reference, "other@exemple.ca", "Somebody else's words"):
            assert canary not in copy, canary
        assert str(full.other.user_id) not in copy
    assert "Coordinator" in page
    assert "Cam" in data


def test_copy_tells_what_stood_before_in_words(full):
    page = text(browser_of(full.user).get("/fr/my/rights/copy/"))
    assert "Vos demandes, auparavant" in page
    for code in ("submitted", "has_device", "former_caf_member", "{'"):
        assert code not in page, code


def test_copy_as_data_has_every_section_with_labels_in_both_languages(full):
    answer = browser_of(full.user).get("/fr/my/rights/copy/download/")
    data = json.loads(answer.content)
    assert [item["code"] for item in data["sections"]] == [section.code for section in sections()]
    empty = {item["code"] for item in data["sections"] if not item["records"]}
    later = {"waiting", "meeting_notes", "merges", "calls", "wishes", "holds", "glass", "notices"}
    later |= {"invitations", "lines", "forming", "coming", "calendar_address", "reminders"}
    later |= {"drop_ins", "follow_ups", "questions", "story"}
    later |= {"check_ins", "check_in_wishes", "pauses"}
    # Of those who lead; a participant's own part of it is tested where it is said.
    later |= {one.code for one in sections() if one.models and all(m.startswith("supporters.") for m in one.models)}
    later |= {"incidents", "covers"}
    assert {code for code in empty - later if not code.endswith("_before")} == set()
    for item in data["sections"]:
        assert set(item["title"]) == {"en", "fr"}
        assert all(set(line["label"]) == {"en", "fr"} for record in item["records"] for line in record)


def test_copy_has_a_neutral_file_name_and_leaves_one_export_row(full):
    me = browser_of(full.user)
    for path in ("copy/", "copy/download/"):
        before = Entry.objects.count()
        answer = me.get(f"/en/my/rights/{path}")
        assert Entry.objects.count() == before + 1
        entry = Entry.objects.order_by("id").last()
        assert (entry.action, entry.person, entry.purpose) == (Action.EXPORT, full.user_id, Purpose.RIGHTS)
    name = answer["Content-Disposition"]
    assert name == f'attachment; filename="copy-{timezone.localdate()}.json"'


def test_copy_of_somebody_without_anything_says_so(client):
    made = a_participant("QC", consents=(), language="en")
    assert "Nothing is held here" in text(browser_of(made.user).get("/en/my/rights/copy/"))


def test_command_writes_the_same_copy_for_a_reference_or_an_id(full, tmp_path, capsys):
    for number, name in enumerate((full.reference, str(full.user_id))):
        folder = tmp_path / str(number)
        folder.mkdir()
        call_command("export_person", name, output=str(folder))
        copied = [path for path in folder.iterdir() if path.suffix in (".json", ".html") and "schema" not in path.name]
        files = {path.suffix: path.read_text(encoding="utf-8") for path in copied}
        assert set(files) == {".json", ".html"}
        for copy in map(unescape, files.values()):
            assert MINE["words"] in copy
            assert not any(canary in copy for canary in THEIRS.values())
    assert Entry.objects.filter(action=Action.EXPORT, person=full.user_id, actor=None).count() == 2
    assert str(tmp_path) not in capsys.readouterr().out


def test_command_writes_for_nobody_else_whatever_stands_in_the_folder(full, tmp_path):
    """A file that anybody can read, or a link to one, stands under the name that the copy will have."""
    from privacy import copies

    stolen, open_file = tmp_path / "stolen", tmp_path / copies.file_name("html")
    (tmp_path / copies.file_name("json")).symlink_to(stolen)
    open_file.touch(mode=0o644)
    call_command("export_person", full.reference, output=str(tmp_path))
    assert not stolen.exists()
    for kind in ("json", "html"):
        path = tmp_path / copies.file_name(kind)
        assert not path.is_symlink()
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["AAAA-AAAA", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_command_refuses_what_it_cannot_do(name, tmp_path):
    with pytest.raises(CommandError) as caught:
        call_command("export_person", name, output=str(tmp_path))
    assert caught.value.returncode == 2
    assert not list(Path(tmp_path).iterdir())


def test_command_refuses_a_team_member_and_a_folder_that_is_none(full, coordinator, tmp_path):
    for name, folder in ((str(coordinator.pk), tmp_path), (full.reference, tmp_path / "none")):
        with pytest.raises(CommandError) as caught:
            call_command("export_person", name, output=str(folder))
        assert caught.value.returncode == 2


# --- corrections ---


def test_name_and_language_change_at_once(client):
    made = a_participant("QC", language="en", name="Before")
    me = browser_of(made.user)
    assert me.post("/en/my/rights/details/", {"name": "After", "language": "fr"}).status_code == 302
    fresh = User.objects.get(pk=made.user_id)
    assert (fresh.name, fresh.language) == ("After", "fr")
    entry = Entry.objects.get(person=made.user_id, action=Action.CHANGE, model="psp.user")
    assert entry.fields == "name,language"


def test_correction_goes_to_the_desk_of_the_region_with_its_last_day_and_comes_back_answered(coordinator):
    made = a_participant("QC", language="en")
    me, desk, elsewhere = browser_of(made.user), browser_of(coordinator), browser_of(a_coordinator("ON"))
    form = {"item": "application", "text": MINE["words"]}
    sent = text(me.post("/en/my/rights/correct/", form, follow=True))
    asked = RightsRequest.objects.get()
    assert asked.due_on == timezone.localdate() + timedelta(days=30)
    assert "at the latest (in 30 days)" in sent
    assert MINE["words"] in sent
    listed = text(desk.get("/en/desk/corrections/"))
    assert made.reference in listed
    assert MINE["words"] not in listed
    assert "Corrections to answer" in text(desk.get("/en/desk/"))
    assert MINE["words"] in text(desk.get(f"/en/desk/corrections/{asked.pk}/"))
    assert made.reference not in text(elsewhere.get("/en/desk/corrections/"))
    assert elsewhere.get(f"/en/desk/corrections/{asked.pk}/").status_code == 404
    answer = {"accept": "1", "answer": "One n it is.", "revision": "0"}
    assert desk.post(f"/en/desk/corrections/{asked.pk}/", answer).status_code == 302
    shown = text(me.get(f"/en/my/rights/{asked.pk}/"))
    assert "One n it is." in shown
    assert "Done" in shown
    assert OutboxMessage.objects.filter(person=made.user, key=f"rights|{asked.pk}").exists()


def test_refusal_needs_a_reason_and_can_have_the_persons_note_once(coordinator):
    made = a_participant("QC", language="en")
    asked, me, desk = a_correction(made), browser_of(made.user), browser_of(coordinator)
    path = f"/en/desk/corrections/{asked.pk}/"
    assert "Write why it stays as it is" in text(desk.post(path, {"refuse": "1", "answer": "", "revision": "0"}))
    assert desk.post(path, {"refuse": "1", "answer": "It is as you signed it.", "revision": "0"}).status_code == 302
    shown = text(me.get(f"/en/my/rights/{asked.pk}/"))
    assert "You see it differently?" in shown
    assert me.post(f"/en/my/rights/{asked.pk}/", {"note": "I see it differently."}).status_code == 302
    assert "I see it differently." in text(desk.get(path))
    assert "I see it differently." in text(desk.get(f"/en/desk/people/{made.pk}/"))
    with pytest.raises(DomainError, match="noted"):
        services.annotate_refusal(request=asked, note="Again", by=made.user)


def test_answer_after_somebody_else_answered_or_the_person_took_it_back_is_a_conflict(coordinator):
    asked = a_correction(a_participant("QC"))
    with pytest.raises(Conflict, match="stale"):
        services.answer_correction(request=asked, accepted=True, answer="", by=coordinator, revision=5)
    services.take_back_request(request=asked, by=asked.person)
    with pytest.raises(Conflict, match="wrong_state"):
        services.answer_correction(request=asked, accepted=True, answer="", by=coordinator)


def test_nobody_else_asks_answers_notes_or_takes_back(coordinator):
    made, other = a_participant("QC"), a_participant("QC")
    asked = a_correction(made)
    for call in (
        lambda: services.ask_correction(person=made.user, item="other", text="x", by=other.user),
        lambda: services.ask_erasure(person=made.user, disposal_text="x", language="en", by=coordinator),
        lambda: services.take_back_request(request=asked, by=coordinator),
        lambda: services.annotate_refusal(request=asked, note="x", by=coordinator),
        lambda: services.answer_correction(request=asked, accepted=True, answer="", by=made.user),
        lambda: services.answer_correction(request=asked, accepted=True, answer="", by=a_coordinator("ON")),
        lambda: services.change_own_details(person=made.user, name="x", language="en", by=coordinator),
    ):
        with pytest.raises(Forbidden):
            call()


def test_request_is_sealed_with_its_history():
    asked = a_correction(a_participant("QC"), text=MINE["words"])
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("privacy_rightsrequest", "privacy_historicalrightsrequest"):
            cursor.execute(f"SELECT text FROM {table}")
            assert MINE["words"].encode() not in bytes(cursor.fetchone()[0])
    assert asked.history.get().text == MINE["words"]


# --- deletion ---


def test_deletion_is_asked_with_agreement_seen_by_the_officer_and_taken_back():
    made = a_participant("QC", language="en")
    me, office = browser_of(made.user), browser_of(a_privacy_officer())
    page = text(me.get("/en/my/rights/delete/"))
    assert "A second person must agree" in page
    assert "two years" in page
    assert "Tick this line" in text(me.post("/en/my/rights/delete/", {}))
    asked_page = text(me.post("/en/my/rights/delete/", {"agrees": "on"}, follow=True))
    asked = RightsRequest.objects.get(kind=RequestKind.ERASURE)
    assert "destroyed before the two years are over" in asked.disposal_text
    assert "in 30 days" in asked_page
    assert me.post("/en/my/rights/delete/", {"agrees": "on"}).status_code == 302
    assert RightsRequest.objects.count() == 1
    listed = text(office.get("/en/privacy/requests/"))
    assert made.reference in listed
    assert "Deletion" in listed
    assert made.user.name not in listed
    assert me.post(f"/en/my/rights/{asked.pk}/take-back/").status_code == 302
    assert RightsRequest.objects.get().state == RequestState.TAKEN_BACK
    assert made.reference not in text(office.get("/en/privacy/requests/"))


def test_last_day_is_seen_to_have_passed_by_both():
    made = a_participant("QC", language="en")
    a_correction(made)
    office = a_privacy_officer()
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=True):
        assert "yesterday" in text(browser_of(office).get("/en/privacy/requests/"))
        assert "yesterday" in text(browser_of(made.user).get(f"/en/my/rights/{RightsRequest.objects.get().pk}/"))


# --- the database is the last judge ---


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("rights_kind_known", {"kind": "other"}),
        ("rights_state_known", {"state": "other"}),
        ("rights_due_after_asked", {"due_on": timezone.localdate()}),
        ("rights_correction_names_item", {"item": ""}),
        ("rights_erasure_has_agreement", {"kind": "erasure", "item": ""}),
        ("rights_answer_whole", {"state": "accepted"}),
    ],
)
def test_database_refuses(constraint, change):
    asked = a_correction(a_participant("QC"))
    RightsRequest.objects.filter(pk=asked.pk).update(due_on=asked.asked_on + timedelta(days=30))
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        RightsRequest.objects.filter(pk=asked.pk).update(**{"asked_on": timezone.localdate()} | change)
    # Two of the checks are about the kind; either may answer first.
    assert constraint in str(caught.value) or "rights_correction_names_item" in str(caught.value)


def test_database_refuses_a_second_open_deletion():
    made = a_participant("QC")
    asked = services.ask_erasure(person=made.user, disposal_text="x", language="en", by=made.user)
    with pytest.raises(IntegrityError, match="rights_one_open_erasure"), transaction.atomic():
        RightsRequest.objects.create(
            person=made.user, kind="erasure", disposal_text="x", asked_on=asked.asked_on, due_on=asked.due_on
        )


# --- leaving ---


def test_leaving_ends_everything_at_once_in_two_clicks_without_a_reason(coordinator):
    agreed = ("taking_part", "contact_email", "results")
    made = an_accepted_participant("QC", by=coordinator, language="en", consents=agreed)
    add_member(group=a_group(coordinator), participant=made, by=coordinator)
    queue_message(person=made.user, template="decision_ready", key="waits", context={})
    me = browser_of(made.user)
    before = text(me.get("/en/my/leave/"))
    assert "What stays, and why" in before
    assert "two years" in before
    assert "textarea" not in before
    after = text(me.post("/en/my/leave/", follow=True))
    assert "You have left the program" in after
    assert not Consent.objects.standing().filter(person=made.user).exists()
    assert Application.objects.get(participant=made).state == ApplicationState.WITHDRAWN
    assert Membership.objects.get(participant=made).state == MembershipState.LEFT
    assert OutboxMessage.objects.get(key="waits").state == OutboxState.CANCELLED


def test_leaving_cancels_a_meeting_that_is_set_and_works_twice(coordinator):
    made = a_participant("QC", consents=("contact_email",))
    application = an_application(made)
    set_meeting(application=application, starts_at=timezone.now() + timedelta(days=1), by=coordinator)
    me = browser_of(made.user)
    for _time in range(2):
        assert me.post("/en/my/leave/").status_code == 302
    assert IntakeMeeting.objects.get().state == MeetingState.CANCELLED
    assert Application.objects.get().state == ApplicationState.WITHDRAWN


def test_leaving_is_all_or_nothing(coordinator, monkeypatch):
    from consent import hooks

    made = an_accepted_participant("QC", by=coordinator)

    def fails(**_about):
        raise RuntimeError("a floor above fails")

    monkeypatch.setattr(hooks, "_on_withdrawal", [*hooks._on_withdrawal, fails])
    browser = Browser(raise_request_exception=False)
    sign_in(browser, made.user)
    assert browser.post("/en/my/leave/").status_code == 500
    assert Consent.objects.standing().filter(person=made.user).exists()
    assert Application.objects.get(participant=made).state == ApplicationState.ACCEPTED


def test_nobody_else_makes_somebody_leave():
    from consent.leaving import leave_program

    with pytest.raises(Forbidden):
        leave_program(person=a_participant("QC").user, by=a_participant("QC").user)


def test_property_37_correction_sent_twice_is_one(client):
    person = a_participant().user
    first = services.ask_correction(person=person, by=person, item="consent", text="One n, not two. ")
    assert services.ask_correction(person=person, by=person, item="consent", text="One n, not two.").pk == first.pk
    assert services.ask_correction(person=person, by=person, item="consent", text="Something else.").pk != first.pk
