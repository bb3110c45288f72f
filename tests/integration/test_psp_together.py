"""Rows written together are the rows that saving one by one would have written, history and audit included."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from contact.models import SafeContact
from intake.models import Participant
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry, Unsealed
from psp.audit.services import entry_for
from psp.context_vars import acting
from psp.crypto import keyring
from psp.models import Region, User
from psp.together import insert_all

pytestmark = pytest.mark.django_db

NAME = "Zoé O’Brien 100 % {}; DROP TABLE psp_user; -- \\ %s"


def rows(email: str):
    place = Region.objects.get(code="QC")
    user = User.objects.new_user(kind="participant", email=email, name=NAME, language="fr")
    participant = Participant(
        user=user, region=place, program_region=place.program_region, modalities=["virtual", "in_person"]
    )
    choices = SafeContact(person=user, email_safe=True, hours=[[0, 540, 1020]], name_to_use="Zoé")
    choices.set_phone("613 555 0123")
    return user, participant, choices


def stored(model, **where):
    """The row as plain values, without keys, moments and sealed tokens, which differ each time."""
    changing = {
        "id", "history_id", "history_date", "person_id", "user_id", "reference", "created_at", "date_joined",
        "username", "password", "name", "sealed_email", "email", "email_index", "phone", "name_to_use",
    }  # fmt: skip
    return {name: value for name, value in model.objects.values().get(**where).items() if name not in changing}


def test_rows_and_history_are_the_same_as_saved_one_by_one():
    together, single = rows("together@example.org"), rows("single@example.org")
    with acting(None):
        insert_all(*together)
        for row in single:
            row.save(force_insert=True)
    for one, other in zip(together, single, strict=True):
        model = type(one)
        assert stored(model, pk=one.pk) == stored(model, pk=other.pk)
        key = model._meta.pk.attname
        history = model.history.model
        assert stored(history, **{key: one.pk}) == stored(history, **{key: other.pk})


def test_sealed_text_opens_in_the_row_and_in_its_history():
    user, participant, choices = rows("zoe@example.org")
    insert_all(user, participant, choices)
    keyring.clear()
    assert User.objects.get(pk=user.pk).name == NAME
    assert User.history.get(id=user.pk).name == NAME
    assert SafeContact.objects.get(pk=user.pk).phone == "613 555 0123"
    assert SafeContact.history.get(person_id=user.pk).phone == "613 555 0123"
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM psp_user UNION ALL SELECT name FROM psp_historicaluser")
        assert not [row for row in cursor.fetchall() if "Zoé".encode() in bytes(row[0])]


def test_rows_can_be_changed_afterwards():
    user, participant, choices = rows("zoe@example.org")
    insert_all(user, participant, choices)
    participant.modalities = ["virtual"]
    participant.save()
    assert list(participant.history.values_list("history_type", flat=True)) == ["~", "+"]


def test_history_says_who_did_it():
    user, participant, choices = rows("zoe@example.org")
    insert_all(user)
    with acting(user.pk):
        insert_all(participant, choices)
    assert participant.history.get().history_user_id == user.pk


def test_log_entries_wait_for_their_seal():
    insert_all(entry_for(Action.CREATE, None, person=uuid4(), purpose=Purpose.INTAKE))
    assert Unsealed.objects.get().entry == Entry.objects.get()


def test_one_refused_row_keeps_every_row_out():
    first, second = rows("same@example.org"), rows("same@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all(*first, *second)
    assert not User.objects.exists()
