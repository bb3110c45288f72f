"""The outbox: once, to the right person, only where and when it is safe, and never twice ([security] 27, 34, 38)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consent.services import withdraw
from contact import delivery, handing
from contact.choices import OutboxState
from contact.models import MessageTemplate, OutboxMessage
from contact.services import cancel_messages, queue_message, send_code, set_safe_contact
from psp.audit.models import Entry
from psp.choices import Kind
from psp.crypto import keyring
from psp.models import User
from tests.factories import a_coordinator, a_facilitator, a_participant, a_user, agree, disagree
from tests.guards import guarding

pytestmark = pytest.mark.django_db

# A Tuesday, 19:00 in Toronto.
NOW = datetime(2026, 12, 8, 19, 0, tzinfo=UTC) + timedelta(hours=5)
BOTH = ("taking_part", "contact_email")


@pytest.fixture(autouse=True)
def _no_guards(monkeypatch):
    """The messages here belong to no meeting or session that could still hold."""
    monkeypatch.setattr("contact.registry._guards", {})


def a_reachable_person(**choices) -> User:
    person = a_participant(consents=BOTH, email="canary@example.org", name="Chosen", last_login=NOW).user
    set_safe_contact(person=person, by=person, **({"email_safe": True, "language": "en"} | choices))
    return person


def a_reminder(person: User, key: str = "reminder|1", **fields) -> OutboxMessage:
    values = {"context": {"at": "2026-12-09T00:00:00+00:00"}, "due_at": NOW, "useful_until": NOW + timedelta(days=2)}
    return queue_message(person=person, template="meeting_set", key=key, **(values | fields))


def fresh(message: OutboxMessage) -> OutboxMessage:
    return OutboxMessage.objects.get(pk=message.pk)


# --- Queueing -------------------------------------------------------------------------------------


def test_queue_message_twice_with_one_key_is_one_message():
    person = a_reachable_person()
    first = a_reminder(person)
    assert a_reminder(person).pk == first.pk
    assert OutboxMessage.objects.count() == 1


def test_queue_message_without_due_time_is_handed_to_the_worker_after_commit(
    django_capture_on_commit_callbacks, monkeypatch
):
    handed = []
    monkeypatch.setattr("contact.tasks.send_one.apply_async", lambda args, **_rest: handed.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        message = a_reminder(a_reachable_person(), due_at=None)
    assert handed == [(str(message.pk),)]


def test_cancel_messages_takes_back_what_waits_and_nothing_else(smtp_sink):
    person, other = a_reachable_person(), a_participant(consents=BOTH).user
    sent = a_reminder(person, "reminder|sent")
    delivery.send_one(sent.pk, NOW)
    waiting, elsewhere = a_reminder(person, "reminder|a"), a_reminder(other, "reminder|b")
    code = send_code(user=person, code="123456")
    assert cancel_messages(person=person) == 1
    states = [fresh(message).state for message in (sent, waiting, elsewhere, code)]
    assert states == [OutboxState.SENT, OutboxState.CANCELLED, OutboxState.WAITING, OutboxState.WAITING]
    with pytest.raises(ValueError, match="prefix"):
        cancel_messages()


def test_a_newer_code_replaces_the_older_and_the_secret_is_wiped():
    person = a_reachable_person()
    old, new = send_code(user=person, code="111111"), send_code(user=person, code="222222")
    assert (fresh(old).state, fresh(old).secret) == (OutboxState.CANCELLED, "")
    assert (fresh(new).state, fresh(new).secret) == (OutboxState.WAITING, "222222")


# --- What goes out --------------------------------------------------------------------------------


def test_sent_message_reaches_the_real_address_over_smtp_and_is_kept_as_it_went(smtp_sink):
    person = a_reachable_person(name_to_use="Alex")
    message = a_reminder(person)
    assert delivery.send_due(NOW)[OutboxState.SENT] == 1
    (mail,) = smtp_sink.mails
    assert mail.recipients == ("canary@example.org",)
    assert mail.message["To"] == "canary@example.org"
    assert "Hello Alex," in mail.body
    assert "Tuesday, 8 December 2026, 7:00 p.m. (Eastern time)" in mail.body
    kept = fresh(message)
    assert (kept.state, kept.subject, kept.body) == (OutboxState.SENT, mail.message["Subject"], mail.body)
    assert Entry.objects.filter(action="send", person=person.pk).count() == 1


def test_code_goes_out_but_its_digits_are_not_kept(smtp_sink):
    person = a_reachable_person()
    message = send_code(user=person, code="987654")
    delivery.send_due(timezone.now())
    assert "987654" in smtp_sink.mails[0].body
    kept = fresh(message)
    assert kept.state == OutboxState.SENT
    assert "987654" not in kept.body + kept.secret + kept.subject
    assert kept.body.replace("••••••", "987654") == smtp_sink.mails[0].body


def test_message_is_written_in_the_language_and_clock_of_the_recipient(smtp_sink):
    person = a_reachable_person(language="fr")
    User.objects.filter(pk=person.pk).update(time_zone="America/St_Johns")
    a_reminder(person)
    delivery.send_due(NOW)
    assert "le mardi 8 décembre 2026 à 20\u00a0h\u00a030 (heure de Terre-Neuve)" in smtp_sink.mails[0].body


def test_text_reworded_by_an_administrator_is_the_one_that_goes(smtp_sink):
    MessageTemplate.objects.filter(pk="meeting_set").update(body_en="Do come on {when}. {link}")
    a_reminder(a_reachable_person())
    delivery.send_due(NOW)
    assert "Do come on Tuesday" in smtp_sink.mails[0].body


@pytest.mark.parametrize(
    "body", ["Your peer support group meets {when}. {link}", "No placeholders", "{when} {link} {what}"]
)
def test_text_that_tells_or_does_not_fit_is_not_sent(smtp_sink, body):
    MessageTemplate.objects.filter(pk="meeting_set").update(body_en=body)
    message = a_reminder(a_reachable_person())
    delivery.send_due(NOW)
    assert smtp_sink.mails == []
    assert (fresh(message).state, fresh(message).reason) == (OutboxState.FAILED, "wording")


def test_sender_address_that_names_the_program_sends_nothing(smtp_sink, settings):
    settings.DEFAULT_FROM_EMAIL = "Peer support <psp@example.org>"
    message = a_reminder(a_reachable_person())
    delivery.send_due(NOW)
    assert smtp_sink.mails == []
    assert fresh(message).reason == "wording"


def test_a_telling_name_was_the_persons_own_choice(smtp_sink):
    a_reminder(a_reachable_person(name_to_use="Marine Victoire", language="fr"))
    delivery.send_due(NOW)
    assert "Bonjour Marine Victoire," in smtp_sink.mails[0].body


def test_line_break_in_the_name_cannot_add_a_header(smtp_sink):
    person = a_reachable_person()
    row = person.safe_contact
    row.name_to_use = "Alex\r\nBcc: other@example.org"
    row.save()
    a_reminder(person)
    delivery.send_due(NOW)
    assert "Bcc" not in smtp_sink.mails[0].message
    assert smtp_sink.mails[0].recipients == ("canary@example.org",)


# --- 27: nothing where or when it is not safe --------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"email_safe": False}, "channel_not_safe"),
        ({"do_not_contact": True}, "do_not_contact"),
        ({"recheck_on": date(2026, 12, 7)}, "recheck_passed"),
    ],
)
def test_property_27_message_is_withheld(smtp_sink, choices, reason):
    message = a_reminder(a_reachable_person(**choices))
    delivery.send_due(NOW)
    assert smtp_sink.mails == []
    assert (fresh(message).state, fresh(message).reason) == (OutboxState.WITHHELD, reason)


def test_property_27_nothing_is_safe_until_the_person_said_so(smtp_sink):
    message = a_reminder(a_participant(consents=BOTH).user)
    delivery.send_due(NOW)
    assert smtp_sink.mails == []
    assert fresh(message).reason == "channel_not_safe"


def test_property_27_forbidden_hour_waits_for_the_next_safe_one(smtp_sink):
    message = a_reminder(a_reachable_person(hours=[[3, 9 * 60, 12 * 60]]))  # Thursdays 9 to 12
    delivery.send_due(NOW)
    thursday = datetime(2026, 12, 10, 14, 0, tzinfo=UTC)
    assert smtp_sink.mails == []
    assert (fresh(message).state, fresh(message).due_at) == (OutboxState.WAITING, thursday)
    delivery.send_due(thursday - timedelta(minutes=1))
    assert smtp_sink.mails == []
    delivery.send_due(thursday)
    assert len(smtp_sink.mails) == 1


def test_property_27_safe_hour_that_comes_too_late_to_be_useful(smtp_sink):
    message = a_reminder(a_reachable_person(hours=[[0, 9 * 60, 12 * 60]]))  # Mondays only
    delivery.send_due(NOW)
    assert smtp_sink.mails == []
    assert fresh(message).state == OutboxState.EXPIRED


def test_message_past_its_use_expires(smtp_sink):
    message = a_reminder(a_reachable_person(), useful_until=NOW - timedelta(seconds=1))
    delivery.send_due(NOW)
    assert smtp_sink.mails == []
    assert fresh(message).state == OutboxState.EXPIRED


def test_choice_changed_after_queueing_counts(smtp_sink):
    person = a_reachable_person()
    message = a_reminder(person)
    set_safe_contact(person=person, by=person, email_safe=False)
    delivery.send_due(NOW)
    assert smtp_sink.mails == []
    assert fresh(message).state == OutboxState.WITHHELD


def test_code_asked_for_at_night_goes_although_reminders_would_wait(smtp_sink):
    person = a_reachable_person(hours=[[3, 9 * 60, 12 * 60]], recheck_on=date(2020, 1, 1))
    send_code(user=person, code="123456")
    delivery.send_due(timezone.now())
    assert len(smtp_sink.mails) == 1


def test_code_goes_to_someone_who_only_looks_on_the_site(smtp_sink):
    person = a_participant(consents=("taking_part",)).user
    set_safe_contact(person=person, by=person, email_safe=True, do_not_contact=True)
    send_code(user=person, code="123456")
    delivery.send_due(timezone.now())
    assert len(smtp_sink.mails) == 1


def test_property_27_code_never_goes_to_a_mailbox_that_is_not_safe(smtp_sink):
    person = a_reachable_person(email_safe=False)
    message = send_code(user=person, code="123456")
    delivery.send_due(timezone.now())
    assert smtp_sink.mails == []
    assert (fresh(message).state, fresh(message).secret) == (OutboxState.WITHHELD, "")


def test_team_members_get_their_codes_without_choices(smtp_sink):
    for user in (a_user(), a_facilitator()):
        send_code(user=user, code="123456")
    delivery.send_due(timezone.now())
    assert len(smtp_sink.mails) == 2


def test_supporter_is_not_written_to_without_choices(smtp_sink):
    a_reminder(a_user(kind=Kind.SUPPORTER))
    delivery.send_due(NOW)
    assert smtp_sink.mails == []


@pytest.mark.parametrize("change", ["closed", "erased"])
def test_closed_and_erased_people_get_nothing(smtp_sink, change):
    person = a_reachable_person()
    message = a_reminder(person)
    if change == "closed":
        User.objects.filter(pk=person.pk).update(is_active=False)
    else:
        keyring.destroy(person.pk)
    delivery.send_due(NOW)
    assert smtp_sink.mails == []
    assert fresh(message).state in {OutboxState.WITHHELD, OutboxState.FAILED}


# --- 34: consent ----------------------------------------------------------------------------------


def test_property_34_no_consent_no_message(smtp_sink):
    person = a_participant(consents=("taking_part",)).user
    set_safe_contact(person=person, by=person, email_safe=True)
    message = a_reminder(person)
    delivery.send_due(NOW)
    assert smtp_sink.mails == []
    assert fresh(message).reason == "no_consent"


@pytest.mark.parametrize("purpose", BOTH)
def test_property_34_withdrawal_takes_back_what_waits(smtp_sink, purpose):
    person = a_reachable_person()
    message = a_reminder(person)
    withdraw(person=person, purpose=purpose)
    assert fresh(message).state == OutboxState.CANCELLED
    delivery.send_due(NOW)
    assert smtp_sink.mails == []


def test_property_34_consent_is_asked_again_at_the_moment_of_sending(smtp_sink):
    """Also where nothing told the outbox: only the withdrawal's own row is written."""
    person = a_reachable_person()
    message = a_reminder(person)
    claimed = delivery.claim(NOW)
    disagree(person, "contact_email")
    delivery.deliver(claimed, NOW)
    assert smtp_sink.mails == []
    assert (fresh(message).state, fresh(message).reason) == (OutboxState.CANCELLED, "consent_withdrawn")


def test_consent_given_anew_lets_later_messages_go(smtp_sink):
    person = a_reachable_person()
    withdraw(person=person, purpose="contact_email")
    agree(person, "contact_email")
    a_reminder(person)
    delivery.send_due(NOW)
    assert len(smtp_sink.mails) == 1


def test_message_that_makes_no_sense_any_more_is_cancelled(smtp_sink):
    message = a_reminder(a_reachable_person())
    with guarding("meeting_set", lambda _message: False):
        delivery.send_due(NOW)
    assert smtp_sink.mails == []
    assert (fresh(message).state, fresh(message).reason) == (OutboxState.CANCELLED, "overtaken")


# --- When the mail server says no -----------------------------------------------------------------


def test_soft_failure_is_tried_again_later_and_then_sent_once(smtp_sink):
    smtp_sink.script = ["451 try later"]
    message = a_reminder(a_reachable_person())
    delivery.send_due(NOW)
    waiting = fresh(message)
    assert (waiting.state, waiting.attempts, waiting.due_at) == (OutboxState.WAITING, 1, NOW + timedelta(minutes=1))
    delivery.send_due(NOW + timedelta(seconds=59))
    assert smtp_sink.mails == []
    delivery.send_due(NOW + timedelta(minutes=1))
    assert (len(smtp_sink.mails), fresh(message).state) == (1, OutboxState.SENT)


def test_soft_failures_come_to_an_end(smtp_sink):
    smtp_sink.script = ["451 try later"] * 20
    message = a_reminder(a_reachable_person())
    for hour in range(24 * 2):
        delivery.send_due(NOW + timedelta(hours=hour))
    assert (fresh(message).state, fresh(message).reason) == (OutboxState.FAILED, "gave_up")
    assert fresh(message).attempts == len(handing.BACK_OFF) + 1


@pytest.mark.parametrize("where", ["data", "recipient"])
def test_final_refusal_is_not_tried_again(smtp_sink, where):
    if where == "data":
        smtp_sink.script = ["554 no"]
    else:
        smtp_sink.refuse_recipients = "550 no such mailbox"
    message = a_reminder(a_reachable_person())
    delivery.send_due(NOW)
    assert (fresh(message).state, fresh(message).reason) == (OutboxState.FAILED, "refused")


def test_greylisted_recipient_is_tried_again(smtp_sink):
    smtp_sink.refuse_recipients = "450 come back"
    message = a_reminder(a_reachable_person())
    delivery.send_due(NOW)
    smtp_sink.refuse_recipients = ""
    delivery.send_due(NOW + timedelta(minutes=2))
    assert (len(smtp_sink.mails), fresh(message).state) == (1, OutboxState.SENT)


def test_mail_server_that_is_away_is_tried_again(smtp_sink, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    message = a_reminder(a_reachable_person())
    delivery.send_due(NOW)
    assert fresh(message).state == OutboxState.WAITING
    settings.EMAIL_PORT = port
    delivery.send_due(NOW + timedelta(minutes=2))
    assert fresh(message).state == OutboxState.SENT


def test_property_38_line_cut_after_the_text_is_unknown_and_never_sent_again(smtp_sink):
    smtp_sink.script = ["drop"]
    message = a_reminder(a_reachable_person())
    delivery.send_due(NOW)
    assert (fresh(message).state, fresh(message).reason) == (OutboxState.UNKNOWN, "connection_lost")
    for day in range(3):
        delivery.send_due(NOW + timedelta(days=day))
    assert len(smtp_sink.mails) == 1


def test_property_38_claim_of_which_nothing_can_be_known_becomes_unknown_after_ten_minutes(smtp_sink):
    """As after a power cut, or where another machine claimed it: no marks are left."""
    message = a_reminder(a_reachable_person())
    delivery.claim(NOW).marks.path.unlink()
    delivery.send_due(NOW + timedelta(minutes=9))
    assert fresh(message).state == OutboxState.SENDING
    delivery.send_due(NOW + timedelta(minutes=11))
    assert (fresh(message).state, fresh(message).reason) == (OutboxState.UNKNOWN, "sender_died")
    assert smtp_sink.mails == []


def test_outcome_that_comes_after_the_sweep_changes_nothing(smtp_sink):
    message = a_reminder(a_reachable_person())
    claimed = delivery.claim(NOW)
    claimed.marks.path.unlink()
    delivery.sweep(NOW + timedelta(minutes=11))
    delivery.deliver(claimed, NOW + timedelta(minutes=11))
    assert (fresh(message).state, smtp_sink.mails) == (OutboxState.UNKNOWN, [])


def test_queue_again_after_it_was_sent_sends_nothing(smtp_sink):
    person = a_reachable_person()
    a_reminder(person)
    delivery.send_due(NOW)
    a_reminder(person)
    delivery.send_due(NOW)
    assert len(smtp_sink.mails) == 1


# --- The command ----------------------------------------------------------------------------------


def test_send_due_command_pretends_the_moment_it_is_told(smtp_sink, capsys):
    message = a_reminder(a_reachable_person())
    call_command("send_due", now=(NOW - timedelta(seconds=1)).isoformat())
    assert fresh(message).state == OutboxState.WAITING
    call_command("send_due", now=NOW.isoformat())
    assert fresh(message).state == OutboxState.SENT
    assert "sent=1" in capsys.readouterr().out


def test_send_due_command_refuses_what_is_no_moment():
    with pytest.raises(CommandError, match="ISO 8601") as refused:
        call_command("send_due", now="tomorrow")
    assert refused.value.returncode == 2


# --- 26: neutral ----------------------------------------------------------------------------------


def test_message_id_and_greeting_name_the_senders_domain_only(smtp_sink, settings):
    settings.DEFAULT_FROM_EMAIL = "Rendez-vous <hello@dates.example>"
    message = a_reminder(a_reachable_person())
    delivery.send_due(NOW)
    (mail,) = smtp_sink.mails
    assert mail.message["Message-ID"] == f"<{message.pk}@dates.example>"
    assert mail.greeting == "dates.example"
    assert parseaddr(mail.message["From"]) == ("Messages", "hello@dates.example")


# --- Choices --------------------------------------------------------------------------------------


def test_coordinator_of_the_region_may_keep_choices_told_by_phone_and_nobody_else_may():
    from psp.errors import Forbidden

    person = a_participant("QC").user
    assert set_safe_contact(person=person, by=a_coordinator("QC"), email_safe=True).email_safe
    for stranger in (a_coordinator("ON"), a_participant("QC").user, a_facilitator()):
        with pytest.raises(Forbidden):
            set_safe_contact(person=person, by=stranger, email_safe=False)
    assert Entry.objects.filter(person=person.pk, model="contact.safecontact").count() == 1
