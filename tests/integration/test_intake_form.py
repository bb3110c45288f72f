"""The public form: what it takes, what it refuses and how it says so, and what it keeps."""

from __future__ import annotations

import re

import pytest
from django.db import connection, connections
from django.urls import reverse

from consent.models import Consent
from contact.models import OutboxMessage, SafeContact
from intake.models import Application, IneligibleTally, Participant
from psp.models import User
from tests.forms import GOOD, fill, hidden_fields

pytestmark = pytest.mark.django_db


def test_application_sent_opens_a_file(client):
    response = fill(client)
    assert response.status_code == 302
    assert response["Location"] == "/en/intake/sent/"
    application = Application.objects.get()
    participant = application.participant
    assert (application.state, application.services, application.language) == ("submitted", ["formal"], "en")
    assert application.answers["affiliation"] == "veteran"
    assert (participant.region_id, participant.program_region_id) == ("QC", "QC")
    assert participant.user.name == GOOD["name"]
    assert participant.user.sealed_email == GOOD["email"]
    assert SafeContact.objects.get().email_safe
    assert sorted(Consent.objects.values_list("purpose", flat=True)) == ["contact_email", "taking_part"]
    assert OutboxMessage.objects.get().template_id == "application_received"
