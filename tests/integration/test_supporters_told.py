"""Those who lead are told when something waits on their page: in neutral words, once, and only while it still waits."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.utils import timezone

from contact import delivery
from contact.lint import neutral_violations
from contact.models import CallTask, OutboxMessage
from contact.registry import still_makes_sense, without_sense
from contact.services import set_safe_contact
from psp.models import User
from supporters.choices import TextKind
from supporters.hours.services import return_hours, seen_of, submit_hours
from supporters.models import HoursLine, Pause
from supporters.network.services import answer_touch, end_touch, leave_directory
from supporters.texts.services import throw_away
from tests.factories import a_clinician, a_coordinator, a_participant
from tests.hours import a_line, a_pair, of
from tests.integration.test_supporters_network import a_supporter, asked, found, two
from tests.integration.test_supporters_texts import a_new_version, agree_to, an_administrator

pytestmark = pytest.mark.django_db


def told(user: User, template: str = "page_news") -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(person=user, template=template))


def pause(user: User) -> Pause:
    return Pause.objects.create(user=user)


# --- Hours that come back ---


def sent_back(lead: User, supervisor: User, line: HoursLine) -> None:
    submit_hours(user=lead, by=lead, period=of(line.day))
    seen = seen_of(HoursLine.objects.filter(user=lead).submitted())
    return_hours(user=lead, by=supervisor, period=of(line.day), seen=seen, code="missing", note="The drive home.")


def test_hours_that_come_back_are_told_until_they_are_sent_again():
    lead, supervisor = a_pair()
    line = a_line(lead)
    sent_back(lead, supervisor, line)
    (message,) = told(lead)
    assert still_makes_sense(message)
    submit_hours(user=lead, by=lead, period=of(line.day))
    assert not still_makes_sense(message)
    sent_back(lead, supervisor, line)
    assert [still_makes_sense(one) for one in told(lead)].count(True) == 1
    assert not told(supervisor)


def test_message_about_hours_holds_no_word_of_what_was_said():
    lead, supervisor = a_pair()
    sent_back(lead, supervisor, a_line(lead))
    (message,) = told(lead)
    (value,) = message.context.values()
    assert UUID(value)
    assert (message.subject, message.body) == ("", "")


# --- A new version of an agreement ---


def test_new_version_is_told_to_everybody_concerned_in_one_statement(django_assert_max_num_queries):
    leads, admin = [a_supporter() for _number in range(12)], an_administrator()
    others = [a_clinician(), a_coordinator("QC"), a_participant().user]
    with django_assert_max_num_queries(60) as counted:
        a_new_version(by=admin)
    inserts = [query for query in counted if 'INSERT INTO "contact_outboxmessage"' in query["sql"]]
    assert len(inserts) == 1
    assert [len(told(one)) for one in leads] == [1] * 12
    assert not [one for one in (*others, admin) if told(one)]


def test_message_about_a_version_is_cancelled_once_it_was_agreed_to_or_replaced(django_assert_num_queries):
    one, other, third = (a_supporter() for _number in range(3))
    a_new_version()
    messages = [*told(one), *told(other), *told(third)]
    agree_to(one)
    other.roles.all().delete()
    with django_assert_num_queries(5):
        assert without_sense(messages) == {messages[0].pk, messages[1].pk}
    a_new_version(words="You may bring tea.")
    assert without_sense(messages) == {message.pk for message in messages}
    assert len(told(third)) == 2


def test_whoever_pauses_is_told_nothing_of_a_new_version_meanwhile():
    before, meanwhile = a_supporter(), a_supporter()
    pause(before)
    a_new_version()
    (message,) = told(meanwhile)
    standing = pause(meanwhile)
    assert not told(before)
    assert not still_makes_sense(message)
    Pause.objects.filter(pk=standing.pk).update(ended_at=timezone.now())
    assert still_makes_sense(message)


def test_message_reaches_only_those_for_whom_a_way_is_safe_and_says_only_that_something_waits(smtp_sink):
    safe, silent, never = (a_supporter(email=f"{name}@example.org", language="fr") for name in ("a", "b", "c"))
    set_safe_contact(person=safe, by=safe, email_safe=True, language="fr")
    set_safe_contact(person=never, by=never, email_safe=True, do_not_contact=True)
    a_new_version()
    delivery.send_due(timezone.now())
    (mail,) = smtp_sink.mails
    assert mail.recipients == ("a@example.org",)
    assert "Quelque chose à lire vous attend" in mail.body
    assert neutral_violations(mail.body, "fr") == []
    assert [told(one)[0].state for one in (silent, never)] == ["withheld", "withheld"]
    assert not CallTask.objects.exists()


def test_protocol_and_drafts_ask_nothing_and_so_nobody_is_told():
    lead, admin = a_supporter(), an_administrator()
    a_new_version(TextKind.PROTOCOL)
    from supporters.texts.services import draft

    throw_away(text=draft(kind=TextKind.AGREEMENT_SUPPORTER, by=admin), by=admin)
    assert not told(lead)


# --- Somebody would like to be in touch ---


def test_whoever_is_asked_in_the_directory_is_told_without_hurry_and_whoever_asks_is_not():
    one, other = two()
    touch = asked(one, other)
    (message,) = told(other, "no_hurry")
    assert not OutboxMessage.objects.filter(person=one).exists()
    assert still_makes_sense(message)
    answer_touch(touch=touch, by=other, agree=False)
    assert not still_makes_sense(message)


@pytest.mark.parametrize("gone", ["taken back", "left", "pauses"])
def test_message_about_a_wish_is_cancelled_when_nothing_waits_any_more(gone):
    one, other = two()
    touch = asked(one, other)
    (message,) = told(other, "no_hurry")
    if gone == "taken back":
        end_touch(touch=touch, by=one)
    elif gone == "left":
        leave_directory(by=other)
    else:
        pause(other)
    assert not still_makes_sense(message)


def test_asking_taking_back_and_asking_again_makes_one_message_and_another_person_makes_one_more():
    one, other = two()
    third = a_supporter()
    found(third)
    for _time in range(3):
        end_touch(touch=asked(one, other), by=one)
    assert len(told(other, "no_hurry")) == 1
    asked(third, other)
    assert len(told(other, "no_hurry")) == 2


def test_message_that_stays_tells_of_no_wish():
    one, other = two()
    touch = asked(one, other)
    (message,) = told(other, "no_hurry")
    said = f"{message.key} {message.context}"
    for word in (touch.pk, one.pk, other.pk, "touch", "wish", "network", "directory"):
        assert str(word) not in said
