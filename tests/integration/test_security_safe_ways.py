"""Nothing goes where, when or how the person did not say that it is safe, for every channel (`docs/security.md` 27)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact import delivery
from contact.call_pages import call_context
from contact.models import CallTask, OutboxMessage
from contact.services import queue_message, safe_contact_of, set_safe_contact
from psp.models import User
from tests.factories import a_call, a_coordinator, a_participant, agree, disagree

pytestmark = pytest.mark.django_db

# A Tuesday, 19:00 in Toronto.
NOW = datetime(2026, 12, 9, 0, 0, tzinfo=UTC)
CONSENTS = {
    "email": "contact_email", "sms": "contact_sms", "call": "contact_phone", "voicemail": "contact_phone",
    "post": "contact_post",
}  # fmt: skip
ALL = ("taking_part", *sorted(set(CONSENTS.values())))
EVERYTHING = {
    "email_safe": True, "sms_safe": True, "call_safe": True, "voicemail_safe": True, "post_safe": True,
    "phone": "613 555 0142", "address": "12 Quiet Lane", "language": "en",
}  # fmt: skip
NEVER = {
    "do_not_contact": {"do_not_contact": True},
    "recheck_passed": {"recheck_on": date(2026, 12, 7)},
    "forbidden_hour": {"hours": [[3, 540, 720]]},
}


@pytest.fixture(autouse=True)
def _no_guards(monkeypatch):
    monkeypatch.setattr("contact.registry._guards", {})
    monkeypatch.setattr("contact.registry._planners", [])


def a_person(**choices) -> User:
    person = a_participant(consents=ALL, language="en", last_login=NOW).user
    set_safe_contact(person=person, by=person, **(EVERYTHING | choices))
    return person


def a_message(person: User) -> OutboxMessage:
    return queue_message(
        person=person, template="decision_ready", key=f"m|{OutboxMessage.objects.count()}", context={}, due_at=NOW,
        useful_until=NOW + timedelta(days=5),
    )  # fmt: skip


def open_ways(person: User) -> set[str]:
    """What a coordinator's page lets them use now."""
    page = call_context(CallTask.objects.latest("created_at"), safe_contact_of(person), a_coordinator("QC"), NOW)
    found = {"call"} if page["may_call"] else set()
    found |= {"voicemail"} if page["may_call"] and page["script"].voicemail else set()
    return found | ({"post"} if page["may_write"] else set())


@pytest.mark.parametrize("why", ["not_safe", "no_consent", *NEVER])
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_property_27_nothing_is_sent(smtp_sink, notify, channel, why):
    person = a_person(first_choice=channel, **NEVER.get(why, {}))
    if why == "not_safe":
        set_safe_contact(person=person, by=person, **(EVERYTHING | {"first_choice": channel, f"{channel}_safe": False}))
    if why == "no_consent":
        disagree(person, CONSENTS[channel])
    a_message(person)
    delivery.send_due(NOW)
    used = {"email": smtp_sink.mails, "sms": notify.taken}
    assert not used[channel]
    if why in NEVER:
        assert smtp_sink.mails == notify.taken == []


@pytest.mark.parametrize("why", ["not_safe", "no_consent", *NEVER])
@pytest.mark.parametrize("way", ["call", "voicemail", "post"])
def test_property_27_nobody_is_told_to_use_it(way, why):
    person = a_person()
    a_call(person)
    assert open_ways(person) == {"call", "voicemail", "post"}
    if why == "no_consent":
        disagree(person, CONSENTS[way])
    else:
        changes = NEVER.get(why, {f"{way}_safe": False})
        set_safe_contact(person=person, by=person, **(EVERYTHING | changes))
    # A letter is read when it is read: hours say nothing about it.
    expected = {"post"} if why == "forbidden_hour" and way == "post" else set()
    assert open_ways(person) & {way} == expected


yes_no = st.booleans()
spans = st.lists(
    st.builds(lambda day, a, b: [day, min(a, b), max(a, b) + 1], st.integers(0, 6), st.integers(0, 1438),
              st.integers(0, 1438)), max_size=4,
)  # fmt: skip
wishes = st.fixed_dictionaries(
    {
        "email_safe": yes_no, "sms_safe": yes_no, "call_safe": yes_no, "post_safe": yes_no, "do_not_contact": yes_no,
        "first_choice": st.sampled_from(["email", "sms", "phone", "post"]), "hours": spans,
        "recheck_on": st.none() | st.dates(date(2026, 12, 1), date(2026, 12, 20)),
    }
)  # fmt: skip
consents = st.sets(st.sampled_from(sorted(set(CONSENTS.values()))))


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(said=wishes, agreed=consents, minutes=st.integers(0, 7 * 24 * 60))
def test_property_27_whatever_somebody_chose(smtp_sink, notify, said, agreed, minutes):
    """Against the choices themselves, read here in the plainest way."""
    smtp_sink.mails.clear()
    notify.taken.clear()
    person = a_participant(consents=("taking_part",)).user
    for purpose in agreed:
        agree(person, purpose)
    set_safe_contact(person=person, by=person, phone="613 555 0142", address="12 Quiet Lane", **said)
    now = NOW + timedelta(minutes=minutes)
    message = queue_message(
        person=person, template="decision_ready", key=f"m|{person.pk}", context={}, due_at=now,
        useful_until=now + timedelta(days=1),
    )  # fmt: skip
    delivery.send_one(message.pk, now)
    used = ["email"] * len(smtp_sink.mails) + ["sms"] * len(notify.taken)
    assert len(used) <= 1
    for channel in used:
        local = now.astimezone(ZoneInfo(person.time_zone))
        clock = local.hour * 60 + local.minute
        assert said[f"{channel}_safe"]
        assert CONSENTS[channel] in agreed
        assert not said["do_not_contact"]
        assert said["recheck_on"] is None or local.date() <= said["recheck_on"]
        hours = said["hours"]
        assert not hours or any(day == local.weekday() and begin <= clock < end for day, begin, end in hours)
    # Whoever is not told by us is told by somebody, unless they look themselves, or it waits or came too late.
    told = used or said["do_not_contact"] or CallTask.objects.filter(message=message).exists()
    assert told or OutboxMessage.objects.get(pk=message.pk).state in ("waiting", "expired")
