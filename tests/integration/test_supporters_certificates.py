"""Certificates: a paper for everybody to read, a code that nobody guesses, and a page that says no more than it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from psp.audit.models import Entry
from psp.crypto import keyring as keys
from psp.errors import DomainError, Forbidden
from supporters.models import Certificate, Course, Qualification
from supporters.training.certificate_code import LETTERS, code_of, new_code, spelled
from supporters.training.erasing import erase
from supporters.training.services import note_qualification
from supporters.training.services_certificates import (
    Worth,
    certificate_pdf,
    check_certificate,
    make_certificate,
    withdraw_certificate,
)
from tests import factories as make
from tests.papers import assert_pdf_ua, pdf_text
from tests.training import a_completion, a_learner, a_supervisor, days_ago

pytestmark = pytest.mark.django_db
NAME = "Maëlle Canari-Certificat"


@pytest.fixture
def supervisor():
    return a_supervisor()


@pytest.fixture
def learner(supervisor):
    return a_learner(supervisor=supervisor, name=NAME)


@pytest.fixture
def certificate(learner, supervisor):
    return make_certificate(qualification=a_completion(learner, supervisor), by=learner)


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def ask(client, code: str, language: str = "en"):
    with translation.override(language):
        return client.post(reverse("course_certificate"), {"code": code})


class TestMaking:
    def test_is_made_when_the_person_asks_and_twice_is_as_once(self, learner, supervisor):
        done = a_completion(learner, supervisor)
        assert not Certificate.objects.exists()
        first = make_certificate(qualification=done, by=learner)
        assert make_certificate(qualification=done, by=learner).pk == first.pk
        assert first.name == NAME

    def test_nobody_else_has_one_made(self, learner, supervisor):
        done = a_completion(learner, supervisor)
        for other in (supervisor, a_learner(), make.a_coordinator("QC")):
            with pytest.raises(Forbidden):
                make_certificate(qualification=done, by=other)

    def test_what_was_completed_elsewhere_gets_none_from_us(self, learner, supervisor):
        done = note_qualification(user=learner, course="first_aid", completed_on=days_ago(2), by=supervisor)
        with pytest.raises(DomainError) as refused:
            make_certificate(qualification=done, by=learner)
        assert refused.value.code == "not_from_us"

    def test_who_withdraws_one(self, certificate, learner):
        for other in (a_supervisor(), a_learner(), make.a_coordinator("QC")):
            with pytest.raises(Forbidden):
                withdraw_certificate(certificate=certificate, by=other)
        withdraw_certificate(certificate=certificate, by=learner)
        withdraw_certificate(certificate=certificate, by=learner)
        again = make_certificate(qualification=certificate.qualification, by=learner)
        assert again.code != certificate.code


class TestPaper:
    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_paper_is_accessible_and_neutral_from_outside(self, certificate, language):
        course = Course.objects.get(code="peer_support")
        Course.objects.filter(pk=course.pk).update(provider="The Giver")
        certificate = Certificate.objects.select_related("qualification__course").get(pk=certificate.pk)
        pdf = certificate_pdf(certificate, language=language, address="https://example.org/certificate/")
        assert_pdf_ua(pdf, language=language, title="Document")
        text = "".join(pdf_text(pdf).split())
        for said in (NAME, spelled(certificate.code), "https://example.org/certificate/", "The Giver",
                     course.name_fr if language == "fr" else course.name_en):  # fmt: skip
            assert "".join(said.split()) in text

    def test_person_takes_it_along_under_a_name_that_says_nothing(self, certificate, learner, client):
        make.sign_in(client, learner)
        for language in ("en", "fr"):
            path = f"/{language}/lead/training/certificate/{certificate.pk}/"
            answer = client.get(path)
            assert answer.status_code == 200
            assert re.fullmatch(r'attachment; filename="document-[\d-]+\.pdf"', answer["Content-Disposition"])
            assert_pdf_ua(answer.content, language=language)
            assert "no-store" in answer["Cache-Control"]

    def test_nobody_else_takes_it_along(self, certificate, supervisor):
        for other, status in ((a_learner(), 404), (supervisor, 404), (make.a_coordinator("QC"), 403)):
            client = Client()
            make.sign_in(client, other)
            assert client.get(f"/en/lead/training/certificate/{certificate.pk}/").status_code == status


class TestCode:
    def test_code_has_a_hundred_bits_from_letters_that_nobody_takes_for_others(self):
        assert len(set(LETTERS)) == 32
        assert not set(LETTERS) & set("ILOU")
        codes = {new_code() for _try in range(500)}
        assert len(codes) == 500
        assert {len(code) for code in codes} == {20}
        # Every place takes every letter: none of the bits is fixed.
        assert all({code[place] for code in codes} == set(LETTERS) for place in range(20))

    def test_code_is_read_in_whatever_spelling(self):
        code = new_code()
        for typed in (code, spelled(code), spelled(code).lower(), f" {code[:7]} {code[7:]} ", code.replace("0", "o")):
            assert code_of(typed) == code
        for typed in ("", "x", code[:-1], code + "7", "U" * 20, "é" * 20):
            assert code_of(typed) == ""

    def test_database_alone_has_no_code_and_no_name(self, certificate):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM supporters_certificate")
            row = b"|".join(
                bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                for value in cursor.fetchone()
            )
        for secret in (certificate.code, spelled(certificate.code), NAME, certificate.code.lower()):
            assert secret.encode() not in row


class TestCheck:
    def test_stranger_with_the_code_sees_what_stands_on_the_paper(self, certificate, client):
        for language, course in (("en", "Peer support: the ten-week program"), ("fr", "Soutien par les pairs")):
            page = ask(client, spelled(certificate.code), language).content.decode()
            assert NAME in page
            assert course in page
        looks = Entry.objects.filter(model="supporters.certificate", action="read", person=certificate.user_id)
        assert looks.count() == 2

    def test_nothing_else_about_the_person_is_told(self, certificate, learner, supervisor, client):
        page = ask(client, certificate.code).content.decode()
        told = {supervisor.name, learner.username, learner.language, str(learner.pk), "Northern Ontario", "10 of"}
        assert not [one for one in told - {"en"} if one in page]

    def test_wrong_codes_of_every_kind_are_answered_alike(self, certificate, learner, supervisor, client):
        gone = a_learner(name="Somebody Gone")
        other = make_certificate(qualification=a_completion(gone, supervisor), by=gone)
        erased = other.code
        erase(gone)
        sealed = a_learner(name="Key Destroyed")
        third = make_certificate(qualification=a_completion(sealed, supervisor), by=sealed)
        unreadable = third.code
        keys.destroy(sealed.pk)
        keys.clear()
        pages = set()
        for wrong in (new_code(), "ABC", "U" * 20, erased, unreadable, certificate.code[::-1]):
            answer = ask(client, wrong)
            page = answer.content.decode().replace(wrong, "CODE")
            pages.add((answer.status_code, re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page)))
        assert len(pages) == 1
        status, page = pages.pop()
        assert status == 200
        assert "We cannot confirm this code" in page
        assert not Entry.objects.filter(model="supporters.certificate", action="read").exists()

    def test_one_that_is_over_or_withdrawn_is_shown_as_such(self, certificate, learner, client):
        Qualification.objects.filter(pk=certificate.qualification_id).update(expires_on=days_ago(1))
        shown = check_certificate(certificate.code)
        assert shown.worth is Worth.ENDED
        page = ask(client, certificate.code).content.decode()
        assert "its time is over" in page
        assert NAME in page
        withdraw_certificate(certificate=certificate, by=learner)
        page = ask(client, certificate.code).content.decode()
        assert "This certificate was withdrawn" in page
        assert NAME not in page

    def test_last_day_still_counts(self, certificate):
        Qualification.objects.filter(pk=certificate.qualification_id).update(expires_on=days_ago(0))
        assert check_certificate(certificate.code).worth is Worth.VALID

    def test_guessing_is_slowed_down(self, certificate, client):
        statuses = [ask(client, new_code()).status_code for _try in range(61)]
        assert statuses == [200] * 60 + [429]
        # Whatever comes before our own proxies is not believed.
        forged = client.post(reverse("course_certificate"), {"code": new_code()}, HTTP_X_FORWARDED_FOR="203.0.113.9")
        assert forged.status_code == 429
        assert NAME not in ask(client, certificate.code).content.decode()

    def test_page_is_neutral_and_in_no_index(self, client):
        for language in ("en", "fr"):
            answer = client.get(f"/{language}/certificate/")
            page = answer.content.decode()
            title = re.search(r"<title>(.*?)</title>", page, re.S)[1].strip()
            assert title in {"Appointments", "Rendez-vous"}
            assert answer["X-Robots-Tag"] == "noindex"
            assert 'name="robots" content="noindex"' in page
            assert not re.search(
                r"peer|pairs? |supporter|aidant|program", page.split("<main")[1].split("</main")[0], re.I
            )

    def test_code_is_in_no_address(self, certificate, client):
        answer = client.get(reverse("course_certificate"), {"code": certificate.code})
        assert NAME not in answer.content.decode()


def test_expiry_lies_in_the_future_for_a_course_that_is_renewed(learner, supervisor):
    Course.objects.filter(code="peer_support").update(renew_months=24)
    made = a_completion(learner, supervisor)
    assert made.expires_on - made.completed_on in {timedelta(days=730), timedelta(days=731)}
