"""The data map: no table and no field that reaches a person is missing from it, and nothing in it is made up."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models
from django.utils.translation import override

from privacy.choices_retention import WHOLE_FILES, RecordType
from privacy.datamap import Basis, Erased, Holding, Use, declare, declared, holdings, topics
from privacy.datamap_words import LENGTHS, document, headings
from privacy.holdings import sections
from privacy.models import RetentionRule
from privacy.retention import rows_of
from psp.crypto.fields import BlindIndexField, EncryptedTextField
from psp.models import User

# Of allauth's and Django's tables too; the keys' database included.
MODELS = {model._meta.label_lower: model for model in apps.get_models(include_auto_created=True)}
# Ids of no account: a key that makes a second click harmless, the request for whose sake a hold stands, a disposal.
NOBODYS = {
    "intake.application.sent_key",
    "intake.historicalapplication.sent_key",
    "privacy.hold.matter",
    "audit.checkpoint.batch",
    "contact.outboxmessage.claim",
    "supporters.incident.sent_key",
    # What the apps above hold.
    "supporters.incident.group",
    "supporters.incident.session",
    "supporters.supervisionmeeting.together",
    "supporters.hoursline.about",
}
# Text that holds the id of an account without a field that says so.
INSIDE = {"sessions.session": "session_data"}


def targets(model: type[models.Model]) -> list[tuple[str, str]]:
    """(field, label of the model it leads to) for every relation that the row itself keeps."""
    return [
        (field.name, field.related_model._meta.label_lower)
        for field in model._meta.get_fields()
        if field.concrete and field.related_model and not isinstance(field.related_model, str)
    ]


def reaching() -> set[str]:
    """Tables from which relations lead to an account, however long the way; and those that need no relation."""
    found = {"psp.user", *INSIDE, *(label for label, model in MODELS.items() if by_itself(model))}
    while True:
        more = {label for label, model in MODELS.items() if {to for _name, to in targets(model)} & found}
        if more <= found:
            return found
        found |= more


def by_itself(model: type[models.Model]) -> list[str]:
    """Fields that point to a person, or speak of one, without a relation."""
    label = model._meta.label_lower
    return [
        field.name
        for field in model._meta.fields
        if f"{label}.{field.name}" not in NOBODYS
        and (isinstance(field, (EncryptedTextField, BlindIndexField)) or is_account_id(field))
    ]


def is_account_id(field: Any) -> bool:
    named_id = field.name == "id" or field.primary_key
    return isinstance(field, models.UUIDField) and not named_id and not field.related_model


def accounts_named(model: type[models.Model]) -> set[str]:
    """Direct relations to accounts, and account ids."""
    direct = {name for name, to in targets(model) if to == "psp.user"}
    label = model._meta.label_lower
    ids = {field.name for field in model._meta.fields if is_account_id(field)}
    return direct | {name for name in ids if f"{label}.{name}" not in NOBODYS}


def leads_to(holding: Holding) -> Any:
    """The model or field at the end of the declared path."""
    model: Any = MODELS[holding.model]
    for step in filter(None, holding.path.split("__")):
        field = model._meta.get_field(step)
        model = field.related_model or field
    return model


def test_every_table_that_reaches_a_person_is_declared():
    assert sorted(reaching() - {row.model for row in holdings()}) == []


def test_nothing_is_declared_that_does_not_exist_or_reaches_nobody():
    assert sorted({row.model for row in holdings()} - reaching()) == []


@pytest.mark.parametrize("row", holdings(), ids=lambda row: row.model)
def test_declared_fields_are_the_fields_of_the_table(row):
    kept = [field.name for field in MODELS[row.model]._meta.get_fields() if field.concrete]
    assert Counter(row.fields) == Counter(kept)


@pytest.mark.parametrize("row", holdings(), ids=lambda row: row.model)
def test_declared_path_leads_to_an_account_or_to_what_stands_for_one(row):
    end = leads_to(row)
    own_id = row.path == "id" and row.model == "psp.historicaluser"
    stands_for = own_id or isinstance(end, (models.UUIDField, BlindIndexField, EncryptedTextField))
    assert end is User or stands_for or INSIDE.get(row.model) == row.path


@pytest.mark.parametrize("row", holdings(), ids=lambda row: row.model)
def test_every_account_that_a_row_names_is_said(row):
    first = row.path.split("__")[0]
    assert accounts_named(MODELS[row.model]) - {first} == set(row.also) - {first}


def test_walk_notices_a_new_table_and_a_new_field():
    """The walk itself: a table two relations away, an account id without a relation, a sealed text."""

    class Far(models.Model):
        membership = models.ForeignKey("groups.Membership", on_delete=models.CASCADE)

        class Meta:
            app_label = "far"
            managed = False

    class Bare(models.Model):
        about = models.UUIDField()
        said = EncryptedTextField(person="about", max_length=10)
        plain = models.UUIDField(primary_key=True)

        class Meta:
            app_label = "far"
            managed = False

    try:
        assert targets(Far) == [("membership", "groups.membership")]
        assert "groups.membership" in reaching()
        assert by_itself(Bare) == ["about", "said"]
        assert accounts_named(Bare) == {"about"}
    finally:
        del apps.all_models["far"]
        apps.clear_cache()


def test_every_history_is_covered_with_its_model():
    """A history that is declared apart belongs to a table which itself says nothing of people."""
    covered = {row.model for row in declared() if row.history}
    for label, model in MODELS.items():
        if hasattr(model, "history") and label in {row.model for row in declared()}:
            assert label in covered, label


def test_declared_sections_exist_and_every_section_is_declared():
    known = {section.code for section in sections()}
    said = {code for row in declared() for code in row.exported}
    assert said - known == set()
    assert known - said == set()


def test_sections_tell_of_the_tables_that_say_so():
    """The map and the copy agree: what a section tells about is not declared as left out."""
    left_out = {row.model for row in declared() if row.not_exported} - {"account.emailaddress"}
    assert not left_out & {label for section in sections() for label in section.models}


def test_every_rule_of_keeping_has_words_and_every_topic_has_tables():
    rows = declared()
    assert {row.retention for row in rows} == set(LENGTHS)
    assert {row.topic for row in rows} == {topic.code for topic in topics()}


# Rule → what disposes of it: rules that two people agree to, jobs by beat, or nothing, which the words say too.
WHOLE, JOBS, FOR_GOOD = RecordType.FILE, "supporters.tasks", "for good"
DISPOSES: dict[str, tuple[str, ...]] = {
    "file": (WHOLE,), "consent": (WHOLE,), "with_file": (WHOLE,), "request": (WHOLE,), "agreed": (WHOLE,),
    "apart": (WHOLE, RecordType.TEAM), "finding": (WHOLE, RecordType.TEAM), "team": (RecordType.TEAM,),
    "message": (WHOLE, RecordType.MESSAGE), "history": (RecordType.HISTORY,), "pay": (RecordType.PAY,),
    "access_log": (RecordType.ACCESS_LOG,), "session": ("psp.tasks.clear_expired",),
    "saved_form": ("intake.tasks.forget_drafts",), "short_call": ("intake.tasks.forget_calls",),
    "forming": ("groups.tasks.forget_formings",), "calendar": ("sessions.tasks.forget_feeds",),
    "drop_in": ("sessions.tasks.forget_after",), "cover": ("sessions.tasks.forget_after",),
    "feedback": ("sessions.tasks.empty_boxes",), "evaluation": (f"{JOBS}.tend_evaluations",),
    "over": ("sessions.tasks.forget_after", f"{JOBS}.forget_talks", f"{JOBS}.check_morning"),
    "door": (f"{JOBS}.forget_talks",), "interest": (WHOLE, f"{JOBS}.open_accounts", f"{JOBS}.forget_noted"),
    "incident": (f"{JOBS}.forget_incidents",), "lesson": (f"{JOBS}.forget_incidents",),
    "wellbeing": (f"{JOBS}.forget_wellbeing",), "pause": (f"{JOBS}.forget_wellbeing",),
    "erasure": (FOR_GOOD,), "breach": (FOR_GOOD,),
    # Triggers take a booking along with the place (`sessions/migrations/0012_bookings.py`).
    "place": (),
}  # fmt: skip


@pytest.mark.django_db
def test_every_rule_of_keeping_has_something_that_disposes():
    """A new rule fails here until somebody says what keeps its promise, and a job that is renamed or dropped does."""
    assert set(DISPOSES) == set(LENGTHS)
    beat = {job["task"] for job in settings.CELERY_BEAT_SCHEDULE.values()}
    rules = {rule.record_type for rule in RetentionRule.objects.in_force()}
    by_two = {kind for kind in rules if kind in WHOLE_FILES or rows_of(kind)}
    assert by_two == set(RecordType.values)
    known = beat | by_two | {FOR_GOOD}
    assert {name for names in DISPOSES.values() for name in names} <= known
    # What is said to stay when somebody is erased stays for good, or goes by its own time.
    stays = {row.retention for row in holdings() if row.erased == Erased.KEPT}
    assert not [code for code in stays if DISPOSES[code] in ((WHOLE,), (RecordType.TEAM,))]


@pytest.mark.parametrize("row", holdings(), ids=lambda row: row.model)
def test_declared_tables_are_in_the_database_that_is_said(row):
    """The keys lie in a database of their own."""
    tables = connections[row.alias].introspection.table_names()
    assert MODELS[row.model]._meta.db_table in tables


test_declared_tables_are_in_the_database_that_is_said = pytest.mark.django_db(databases=["default", "keys"])(
    test_declared_tables_are_in_the_database_that_is_said
)


def test_declaring_twice_or_without_a_reason_is_refused():
    one = declared()[0]
    with pytest.raises(ImproperlyConfigured, match="twice"):
        declare(Holding(one.model, "person", one.topic, (), Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED, ("file",)))
    with pytest.raises(ValueError, match="copy"):
        Holding("x.y", "", "team", (), Use.TEAM, Basis.PROGRAM, "team", Erased.DELETED)
    with pytest.raises(ValueError, match="reason"):
        Holding("x.y", "", "team", (), Use.TEAM, Basis.PROGRAM, "team", Erased.KEPT, ("file",))


def test_document_is_current_and_names_every_table():
    root = Path(__file__).resolve().parents[2]
    with override("en"):
        text = document()
    assert (root / "docs" / "data-map.md").read_text(encoding="utf-8") == text
    assert all(f"`{row.model}`" in text for row in holdings())


def test_headings_are_in_both_languages():
    said = {}
    for code in ("en", "fr"):
        with override(code):
            said[code] = [
                [str(one["title"]), str(one["what"]), str(one["seen_by"]), *one["why"], *one["law"], *one["kept"],
                 *one["erased"], *one["not_in_copy"]]
                for one in headings()
            ]  # fmt: skip
    for english, french in zip(said["en"], said["fr"], strict=True):
        assert not set(english) & set(french)
