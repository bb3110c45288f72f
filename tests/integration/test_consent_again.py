"""A new text asks for a new signature: at the next visit, by safe contact, and with a period of grace."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.choices import Manner
from consent.models import Consent, ConsentVersion, Withdrawal
from consent.querysets import agrees
from consent.rules import Published, Signature, in_force, lapsed
from consent.services import sign, texts_in_force, withdraw
from consent.services_entered import enter_signature
from contact import delivery
from contact.asking_again import ask_again
from contact.models import OutboxMessage
from contact.services import set_safe_contact
from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden
from psp.models import User
from tests.browser import Browser
from tests.factories import a_coordinator, a_facilitator, a_participant, agree, sign_in
from tests.papers import assert_pdf_ua, pdf_text

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def a_newer_text(purpose: str = "contact_email", *, grace: int = 30, begins: int = 0, **fields) -> ConsentVersion:
    old = ConsentVersion.objects.filter(purpose=purpose).order_by("-number").first()
    first = timezone.localdate() + begins * DAY
    values = {name: getattr(old, name) for name in ("title_en", "title_fr", "summary_en", "summary_fr", "statements")}
    values |= {"valid_from": first, "published_at": timezone.now(), "older_until": first + grace * DAY}
    return ConsentVersion.objects.create(purpose=purpose, number=old.number + 1, **(values | fields))


def signed(person: User, purpose: str, **fields) -> Consent:
    text = texts_in_force()[purpose]
    codes = [item["code"] for item in text.statements]
    return sign(person=person, version=text, language="en", ticked=codes, typed_name="Camille T.", **fields)


def in_days(days: int):
    return time_machine.travel(timezone.now() + days * DAY)


@pytest.fixture
def person():
    made = a_participant("QC", consents=("taking_part", "contact_email"), language="en", email="c@example.org",
                         last_login=timezone.now()).user  # fmt: skip
    set_safe_contact(person=made, by=made, email_safe=True, language="en")
    return made


# --- grace ---


def test_an_older_signature_counts_through_the_last_day_of_grace_and_no_longer(person):
    a_newer_text(grace=30)
    for days, holds in ((0, True), (30, True), (31, False), (400, False)):
        with in_days(days):
            assert Consent.objects.in_force(person, "contact_email") is holds, days
            assert ("contact_email" in Consent.objects.purposes_of(person)) is holds
            assert User.objects.filter(agrees("contact_email"), pk=person.pk).exists() is holds
            assert (person.pk in Consent.objects.agreeing([person.pk], "contact_email")) is holds
    with in_days(31):
        assert Consent.objects.standing().filter(person=person, purpose="contact_email").exists(), "nothing is ended"
        signed(person, "contact_email")
        assert Consent.objects.in_force(person, "contact_email"), "signing brings it back at once"


def test_after_the_grace_nobody_is_contacted_until_they_sign(person, smtp_sink):
    from contact.services import queue_message

    a_newer_text(grace=1)
    with in_days(3):
        queue_message(person=person, template="check_details", key="k|1", context={"recheck_on": ""})
        OutboxMessage.objects.filter(key="k|1").update(context={})
        delivery.send_due(timezone.now())
        assert smtp_sink.mails == []
        assert OutboxMessage.objects.get(key="k|1").reason == "no_consent"


def test_a_future_text_asks_nobody_yet(person):
    a_newer_text(begins=10, grace=5)
    assert ask_again(timezone.now()) == 0
    with in_days(9):
        assert ask_again(timezone.now()) == 0
        assert Consent.objects.in_force(person, "contact_email")
    with in_days(10):
        assert ask_again(timezone.now()) == 1


# --- being asked ---


def test_people_are_asked_once_and_once_more_before_the_end(person, smtp_sink, settings):
    settings.PSP_CONSENT_ASK_AGAIN_DAYS = 7
    a_newer_text(grace=30)
    assert ask_again(timezone.now()) == 1
    assert ask_again(timezone.now()) == 0
    delivery.send_due(timezone.now())
    with in_days(22):
        assert ask_again(timezone.now()) == 0
    with in_days(23):
        assert ask_again(timezone.now()) == 1
        delivery.send_due(timezone.now())
        assert ask_again(timezone.now()) == 0
    assert [mail.message["Subject"] for mail in smtp_sink.mails] == ["Something to read"] * 2
    assert "consent" not in smtp_sink.mails[0].body.lower()


def test_who_answered_meanwhile_gets_no_message_and_several_texts_make_one(person, smtp_sink):
    a_newer_text("contact_email")
    a_newer_text("taking_part")
    assert ask_again(timezone.now()) == 2
    delivery.send_due(timezone.now())
    assert len(smtp_sink.mails) == 1
    other = a_participant(consents=("taking_part", "contact_email")).user
    agree(other, "contact_email", version=ConsentVersion.objects.get(purpose="contact_email", number=1))
    a_newer_text("contact_email")
    with in_days(2):
        ask_again(timezone.now())
        signed(person, "contact_email")
        delivery.send_due(timezone.now())
    assert len(smtp_sink.mails) == 1


def test_who_took_it_back_is_not_asked_again(person):
    withdraw(person=person, purpose="contact_email")
    a_newer_text()
    assert ask_again(timezone.now()) == 0


def test_the_next_visit_asks_and_says_until_when_the_older_signature_counts(person):
    a_newer_text("contact_email", grace=10, title_en="Writing to you, anew")
    me = Browser()
    sign_in(me, person)
    shown = unescape(me.get("/en/my/").content.decode())
    assert "A text has changed" in shown
    assert "Writing to you, anew" in shown
    assert "What you signed before counts until " in shown
    with in_days(12):
        later = Browser()
        sign_in(later, person)
        shown = unescape(later.get("/en/my/").content.decode())
        assert "What you signed before no longer counts." in shown
        assert "Waits for your signature" in unescape(later.get("/en/my/consents/").content.decode())


# --- read aloud, on paper ---


def entered(person, by, manner, **fields) -> Consent:
    text = texts_in_force()["results"]
    codes = [item["code"] for item in text.statements]
    values = {"version": text, "language": "fr", "ticked": codes, "typed_name": "Zoé T."} | fields
    return enter_signature(person=person, by=by, manner=manner, **values)


def test_a_text_read_aloud_is_recorded_as_such_with_the_name_of_who_read_it(person):
    coordinator = a_coordinator()
    consent = entered(person, coordinator, Manner.SPOKEN)
    assert (consent.manner, consent.signed_on, consent.countersignature.by) == ("spoken", None, coordinator)
    assert Consent.objects.in_force(person, "results")


def test_a_paper_is_recorded_with_its_own_day_and_the_team_member(person):
    coordinator, day = a_coordinator(), timezone.localdate()
    consent = entered(person, coordinator, Manner.PAPER, signed_on=day)
    assert (consent.manner, consent.signed_on, consent.countersignature.by) == ("paper", day, coordinator)


@pytest.mark.parametrize(
    ("days", "code"), [(None, "paper_day_missing"), (1, "paper_from_the_future"), (-400, "paper_before_the_text")]
)
def test_a_paper_with_a_day_that_cannot_be_is_refused(person, days, code):
    day = None if days is None else timezone.localdate() + days * DAY
    with pytest.raises(DomainError) as refused:
        entered(person, a_coordinator(), Manner.PAPER, signed_on=day)
    assert (refused.value.code, refused.value.field) == (code, "signed_on")


def test_a_paper_never_brings_back_what_was_taken_back_later(person):
    signed(person, "results")
    withdraw(person=person, purpose="results")
    coordinator = a_coordinator()
    with pytest.raises(DomainError, match="consent_taken_back_since"):
        entered(person, coordinator, Manner.PAPER, signed_on=timezone.localdate())
    text = texts_in_force()["results"]
    with pytest.raises(DatabaseError, match="taken back after the paper was signed"), transaction.atomic():
        agree(person, "results", version=text, manner="paper", signed_on=timezone.localdate())
    entered(person, coordinator, Manner.SPOKEN)
    assert Consent.objects.in_force(person, "results"), "asked again, the person may say yes again"


def test_only_a_coordinator_enters_a_signature(person):
    for stranger in (person, a_facilitator()):
        with pytest.raises(Forbidden):
            entered(person, stranger, Manner.SPOKEN)


def test_trigger_consent_text_published(person):
    draft = a_newer_text("results", published_at=None)
    with pytest.raises(DatabaseError, match="only a published text of the same purpose"), transaction.atomic():
        agree(person, "results", version=draft)
    with pytest.raises(DatabaseError, match="only a published text of the same purpose"), transaction.atomic():
        agree(person, "results", version=ConsentVersion.objects.get(purpose="contact_sms", number=1))


def test_trigger_consent_has_witness(person):
    with pytest.raises(DatabaseError, match="needs the name of a team member"), transaction.atomic():
        spoken_without_a_name(person)


def spoken_without_a_name(person) -> None:
    agree(person, "results", manner="spoken")
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS consent_has_witness IMMEDIATE")


def test_constraint_paper_has_its_day(person):
    for manner, day in (("paper", None), ("online", timezone.localdate())):
        with pytest.raises(DatabaseError, match="consent_paper_has_its_day"), transaction.atomic():
            agree(person, "results", manner=manner, signed_on=day)


def test_the_desk_enters_a_paper_and_the_file_shows_it(person):
    desk = Browser()
    coordinator = a_coordinator("QC", name="Marie")
    sign_in(desk, coordinator)
    path = f"/en/desk/people/{person.participant.pk}/consents/results/"
    form = {"version": "1", "manner": "paper", "typed_name": "Camille", "may_count": "on"}
    shown = unescape(desk.post(path, form).content.decode())
    assert "Write the date that stands on the paper." in shown
    answer = desk.post(path, form | {"signed_on": str(timezone.localdate())})
    assert answer.status_code == 302, unescape(answer.content.decode())
    assert "On paper" in unescape(desk.get(f"/en/desk/people/{person.participant.pk}/").content.decode())
    consent = Consent.objects.get(person=person, purpose="results")
    assert (consent.manner, consent.countersignature.by) == ("paper", coordinator)


# --- the paper of a signature ---


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("both", [False, True])
def test_a_signature_as_an_accessible_pdf_in_the_language_signed_or_both(person, language, both):
    text = texts_in_force()["taking_part"]
    codes = [item["code"] for item in text.statements]
    consent = sign(person=a_participant(consents=()).user, version=text, language=language, ticked=codes,
                   typed_name="Zoé ᐃ #x")  # fmt: skip
    me = Browser()
    sign_in(me, consent.person)
    answer = me.get(f"/en/my/consents/{consent.pk}/paper/" + ("?both=1" if both else ""))
    assert answer.status_code == 200
    assert_pdf_ua(answer.content, language=language, title="Document")
    said = pdf_text(answer.content).replace(" ", "")
    for line in consent.text.splitlines()[2:]:
        assert line.lstrip("0123456789. ").replace("\u00a0", "").replace(" ", "") in said.replace("\u00a0", "")
    other = text.title_fr if language == "en" else text.title_en
    assert (other.replace(" ", "") in said) is both
    assert "Zoé□#x" in said
    assert answer["Content-Disposition"].endswith('.pdf"')
    assert "consent" not in answer["Content-Disposition"]


def test_each_pdf_is_in_the_access_log_for_the_person_and_for_the_coordinator(person):
    consent = signed(person, "taking_part")
    me, desk = Browser(), Browser()
    sign_in(me, person)
    coordinator = a_coordinator("QC")
    sign_in(desk, coordinator)
    me.get(f"/en/my/consents/{consent.pk}/paper/")
    answer = desk.get(f"/en/desk/consents/{consent.pk}/paper/?both=1")
    assert_pdf_ua(answer.content)
    rows = Entry.objects.filter(action="export", person=person.pk, model="consent.consent").order_by("id")
    assert list(rows.values_list("actor", "purpose")) == [(person.pk, "own"), (coordinator.pk, "consent")]
    elsewhere = Browser()
    sign_in(elsewhere, a_coordinator("ON"))
    assert elsewhere.get(f"/en/desk/consents/{consent.pk}/paper/").status_code == 404


# --- random sequences against a small model ---

STEPS = st.lists(
    st.one_of(
        st.just(("sign",)), st.just(("withdraw",)), st.tuples(st.just("publish"), st.integers(0, 20)),
        st.tuples(st.just("wait"), st.integers(1, 30)),
    ),
    max_size=12,
)  # fmt: skip


class Model:
    """What must hold, written down a second time: one purpose of one person."""

    def __init__(self, today) -> None:
        self.today, self.newest = today, 1
        self.signed: int | None = None
        self.ends: dict[int, Any] = {}

    def holds(self) -> bool:
        if self.signed is None:
            return False
        return all(self.today <= end for number, end in self.ends.items() if number > self.signed)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_random_sequences_agree_with_a_small_model(steps, db):
    with transaction.atomic():
        sequence(steps)
        transaction.set_rollback(True)


def sequence(steps) -> None:
    person = a_participant(consents=()).user
    model = Model(timezone.localdate())
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for step in steps:
            clock.shift(timedelta(seconds=1))
            apply(step, person, model, clock)
            assert Consent.objects.in_force(person, "research") is model.holds(), step
            assert ("research" in Consent.objects.purposes_of(person)) is model.holds()
            assert by_the_pure_rules(person) is model.holds()


def apply(step, person, model, clock) -> None:
    match step:
        case ("sign",):
            signed(person, "research")
            model.signed = model.newest
        case ("withdraw",):
            withdraw(person=person, purpose="research")
            model.signed = None
        case ("publish", grace):
            version = a_newer_text("research", grace=grace)
            model.newest = version.number
            model.ends[version.number] = version.older_until
        case ("wait", days):
            clock.shift(days * DAY)
            model.today = timezone.localdate()


def by_the_pure_rules(person) -> bool:
    rows = ConsentVersion.objects.filter(purpose="research", published_at__isnull=False)
    versions = [Published(row.number, row.valid_from, row.older_until) for row in rows]
    found = False
    for consent in Consent.objects.filter(person=person, purpose="research").select_related("version"):
        signature = Signature("research", consent.version.number, consent.signed_at)
        ends = Withdrawal.objects.filter(consent=consent).values_list("at", flat=True)
        stands = in_force(signature, ends, timezone.now())
        found = found or (stands and not lapsed(signature, versions, timezone.localdate()))
    return found
