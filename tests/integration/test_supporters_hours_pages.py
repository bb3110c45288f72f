"""The pages of hours, leave, limits and pay, as people use them."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from psp.audit.models import Entry
from supporters.hours.choices import HoursState, ReturnCode
from supporters.hours.pay_names import forget_names
from supporters.hours.privacy import erase as erase_hours
from supporters.models import Accommodation, HoursLine, HoursReturn, Leave, Limits, PayExport
from tests import factories as make
from tests.hours import a_day_ago, a_line, a_pair, a_session, a_supervisor, an_administrator, approved

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("language", ["en", "fr"])


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def line(**more) -> dict:
    return {"key": str(uuid4()), "kind": "travel", "day": a_day_ago().isoformat(), "hours": "1", "minutes": "15"} | more


@BOTH
def test_calendar_proposes_and_one_tap_takes_all(client, language):
    lead, _supervisor = a_pair()
    a_session(lead, day=a_day_ago(), clock=time(9))
    make.sign_in(client, lead)
    shown = page(client, f"/{language}/lead/hours/?from={a_day_ago()}")
    assert ("Add all: 2\u00a0h\u00a030" if language == "en" else "Tout ajouter\u00a0: 2\u00a0h\u00a030") in shown
    period = {"first": a_day_ago().isoformat(), "last": a_day_ago().isoformat(), "all": "yes"}
    assert client.post(f"/{language}/lead/hours/take/", period).status_code == 302
    assert HoursLine.objects.filter(user=lead).count() == 3


def test_line_is_added_changed_removed_and_had_back(client):
    lead, _supervisor = a_pair()
    make.sign_in(client, lead)
    client.post("/en/lead/hours/add/", line())
    kept = HoursLine.objects.get()
    client.post(f"/en/lead/hours/{kept.pk}/", line(hours="2"))
    kept.refresh_from_db()
    assert kept.minutes == 135
    after = client.post(f"/en/lead/hours/{kept.pk}/remove/", follow=True).content.decode()
    assert "The line is removed." in after
    assert str(kept.pk) in after
    client.post("/en/lead/hours/add/", line(key=str(kept.pk), hours="2"))
    assert HoursLine.objects.get().minutes == 135


@BOTH
def test_refused_line_keeps_what_was_typed_and_says_how_to_mend_it(client, language):
    lead, _supervisor = a_pair()
    a_line(lead, begin=time(13), end=time(14))
    make.sign_in(client, lead)
    answer = client.post(f"/{language}/lead/hours/add/", line(begin="13:30", end="15:10", hours="", minutes=""))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="15:10"' in shown
    assert ("You noted something" if language == "en" else "Vous avez déjà noté") in shown


def test_hours_are_sent_approved_undone_and_sent_back_with_a_note(client):
    lead, supervisor = a_pair()
    day = a_day_ago()
    a_line(lead)
    make.sign_in(client, lead)
    period = {"first": day.isoformat(), "last": day.isoformat()}
    assert "Undo" in client.post("/en/lead/hours/send/", period, follow=True).content.decode()
    make.sign_in(client, supervisor)
    assert "Hours of 1 person wait" in page(client, "/en/care/")
    shown = page(client, "/en/care/hours/")
    fields = {name: shown.split(f'name="{name}" value="')[1].split('"')[0] for name in ("first", "last", "seen")}
    assert "Undo" in client.post(f"/en/care/hours/{lead.pk}/approve/", fields, follow=True).content.decode()
    assert HoursLine.objects.get().state == HoursState.APPROVED
    client.post(f"/en/care/hours/{lead.pk}/undo/", fields)
    back = {**fields, "code": ReturnCode.TIMES, "note": "The end looks late."}
    assert client.post(f"/en/care/hours/{lead.pk}/return/", back).status_code == 302
    make.sign_in(client, lead)
    shown = page(client, "/en/lead/hours/")
    assert "A time or a length does not fit" in shown
    assert "The end looks late." in shown


def test_care_page_notes_who_was_shown_once_each(client):
    lead, supervisor = a_pair()
    make.sign_in(client, supervisor)
    page(client, "/en/care/hours/")
    assert Entry.objects.filter(action="read", actor=supervisor.pk, person=lead.pk, purpose="care").count() == 1


def test_note_and_leave_are_read_by_nobody_else(client):
    """A canary in everything that can be written: on no page of anybody but the two."""
    lead, supervisor = a_pair(name="Canari-Heures")
    HoursReturn.objects.create(user=lead, by=supervisor, code="talk", note="Canari-Note")
    Leave.objects.create(
        user=lead, kind="sick", state="sure", first_day=a_day_ago(), last_day=a_day_ago(), noted_by=lead
    )
    paths = ("care/hours/", "care/", "lead/hours/", "lead/leave/", "desk/pay/", "desk/pay/roles/", "desk/")
    others = (a_supervisor(), make.a_coordinator("QC"), an_administrator(), make.an_analyst(), make.a_privacy_officer(),
              make.a_clinician())  # fmt: skip
    for other in others:
        make.sign_in(client, other)
        for path in paths:
            assert b"Canari" not in client.get(f"/en/{path}").content, (other, path)


@BOTH
def test_leave_needs_and_limits_are_noted_without_a_reason(client, language):
    lead, supervisor = a_pair()
    make.sign_in(client, lead)
    day = timezone.localdate().isoformat()
    client.post(f"/{language}/lead/leave/", {"kind": "paid", "first_day": day, "last_day": day, "hours": "4"})
    client.post(f"/{language}/lead/leave/needs/", {"kind": "hours", "first_day": day, "last_day": ""})
    client.post(f"/{language}/lead/limits/", {"sessions_week": "1", "hours_week": ""})
    for path in ("leave", "limits"):
        page(client, f"/{language}/lead/{path}/")
    assert (Leave.objects.get().minutes_day, Limits.objects.get().sessions_week) == (240, 1)
    refused = client.post(f"/{language}/lead/limits/", {"sessions_week": "19", "hours_week": ""})
    assert refused.status_code == 200
    make.sign_in(client, supervisor)
    page(client, f"/{language}/care/hours/")
    client.post(f"/{language}/care/leave/{Leave.objects.get().pk}/", {"answer": "yes"})
    client.post(f"/{language}/care/needs/{Accommodation.objects.get().pk}/", {})
    agreed = {"sessions": "", "hours": "3", "until": day}
    client.post(f"/{language}/care/limits/{lead.pk}/", agreed)
    assert (Leave.objects.get().state, Accommodation.objects.get().state) == ("sure", "agreed")
    assert Limits.objects.get().agreed_hours == 3


@BOTH
def test_pay_page_goes_from_the_question_to_the_file_with_two_people(client, language):
    lead, supervisor = a_pair(name="Canari-Paie")
    approved(a_line(lead, day=a_day_ago(40)), supervisor)
    make.sign_in(client, an_administrator())
    page(client, f"/{language}/desk/pay/")
    client.post(f"/{language}/desk/pay/ask/", {})
    export = PayExport.objects.get()
    make.sign_in(client, make.a_privacy_officer())
    shown = page(client, f"/{language}/desk/pay/")
    assert "Canari" not in shown
    assert lead.username not in shown
    client.post(f"/{language}/desk/pay/{export.pk}/approve/", {"seen": shown.split('name="seen" value="')[1][:64]})
    assert client.post(f"/{language}/desk/pay/{export.pk}/file/", {}).status_code == 403
    make.sign_in(client, an_administrator())
    answer = client.post(f"/{language}/desk/pay/{export.pk}/file/", {})
    assert answer["Content-Disposition"] == f'attachment; filename="hours-{export.first_day}.csv"'
    assert lead.username in answer.content.decode("utf-8-sig")
    assert answer["X-File-Alike"] == "yes"
    same = {"en": "Made again, it is the same file", "fr": "Refait, le fichier est identique"}[language]
    assert same in page(client, f"/{language}/desk/pay/")
    erase_hours(lead)
    assert same in page(client, f"/{language}/desk/pay/")
    forget_names(timezone.now() + timedelta(days=31))
    assert same not in page(client, f"/{language}/desk/pay/")
    answer = client.post(f"/{language}/desk/pay/{export.pk}/file/", {})
    assert answer["X-File-Alike"] == "no"
    page(client, f"/{language}/desk/pay/roles/")


def test_removing_by_two_presses_removes_once_and_still_offers_to_have_it_back(client):
    lead, _supervisor = a_pair()
    make.sign_in(client, lead)
    kept = a_line(lead)
    client.post(f"/en/lead/hours/{kept.pk}/remove/")
    after = client.post(f"/en/lead/hours/{kept.pk}/remove/", follow=True)
    assert after.status_code == 200
    assert "The line is removed." in after.content.decode()
    other = a_line(a_pair()[0])
    assert client.post(f"/en/lead/hours/{other.pk}/remove/").status_code == 404


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "0001-01-02"), ("2026-01-01", "9999-12-31"),
                                             ("2026-02-01", "2026-01-01"), ("nonsense", "")])  # fmt: skip
def test_days_that_make_no_sense_are_those_of_now(client, first, last):
    lead, supervisor = a_pair()
    make.sign_in(client, lead)
    for button in ("take", "send", "back"):
        answer = client.post(f"/en/lead/hours/{button}/", {"first": first, "last": last, "all": "yes"})
        assert answer.status_code == 302, button
        assert str(timezone.localdate().year) in answer["Location"]


def test_a_day_at_the_end_of_time_is_no_day_of_leave(client):
    lead, _supervisor = a_pair()
    make.sign_in(client, lead)
    said = {"kind": "paid", "first_day": "9999-12-31", "last_day": "9999-12-31"}
    assert "Choose a day, as in 2026-11-20." in client.post("/en/lead/leave/", said).content.decode()
    assert not Leave.objects.exists()
