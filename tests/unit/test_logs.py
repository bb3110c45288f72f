"""What a log says of a fault and of a task: enough to find it in the code, and nothing of a person."""

from __future__ import annotations

import json
import logging

from psp.logs import ALLOWED_KEYS, describe_fault, only_allowed, strip_foreign


def fault_in_a_library() -> Exception:
    try:
        json.loads("Camille wrote this")
    except ValueError as error:
        return error
    raise AssertionError("that is no JSON")


def told(logger: str, message: str, *arguments: object) -> dict[str, object]:
    record = logging.LogRecord(logger, logging.INFO, "file.py", 1, message, arguments, None)
    return dict(only_allowed(None, "info", strip_foreign(None, "info", {"_record": record})))


def test_fault_is_told_by_its_place_in_the_program_and_in_the_library_and_never_in_its_words():
    said = describe_fault(fault_in_a_library())
    library, ours = said["where"].split(" < ")
    assert said["error"] == "JSONDecodeError"
    assert library.startswith("json/decoder.py:")
    assert library.endswith(":raw_decode")
    assert ours.startswith("unit/test_logs.py:")
    assert ours.endswith(":fault_in_a_library")
    assert "Camille" not in str(said)


def test_fault_of_the_program_itself_has_one_place():
    try:
        raise LookupError("Camille")
    except LookupError as error:
        said = describe_fault(error)
    assert " < " not in said["where"]
    assert said["where"].startswith("unit/test_logs.py:")


def test_task_is_named_and_what_it_was_about_is_not():
    values = {"name": "groups.tasks.run_formation", "id": "an id", "args": "('Camille',)", "exc": "Camille is unknown"}
    line = told("celery.app.trace", "Task %(name)s[%(id)s] raised: %(exc)s", values)
    assert line == {"event": "Task %(name)s[%(id)s] raised: %(exc)s", "task": "groups.tasks.run_formation"}


def test_other_libraries_name_nothing():
    assert told("django.request", "%(name)s went wrong", {"name": "Camille"}) == {"event": "%(name)s went wrong"}
    assert "name" not in ALLOWED_KEYS
