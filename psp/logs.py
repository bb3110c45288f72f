"""Logs: one JSON object a line, without anything that names or describes a person.

Only keys on the allow-list leave the process. A message is a fixed event name; whatever else a
library wants to say about a request (its address may hold nothing but opaque ids) stays out.
"""

from __future__ import annotations

import logging
import logging.config
from pathlib import Path
from types import CodeType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# What may be logged. Everything else is dropped, so that a careless call cannot leak.
ALLOWED_KEYS = frozenset(
    {"event", "level", "timestamp", "logger", "request_id", "method", "route", "status", "ms", "task", "count",
     "code", "actor", "kind", "seconds", "error", "where", "state", "ids"}
)  # fmt: skip
PROGRAM = f"{Path(__file__).resolve().parents[1]}/"


def only_allowed(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Keep the allowed keys; name a fault by its type and place, never by its text."""
    if exc := event.pop("exc_info", None):
        event.update(describe_fault(exc))
    return {key: value for key, value in event.items() if key in ALLOWED_KEYS}


def describe_fault(exc: Any) -> dict[str, str]:
    """Type and place of an exception: the innermost of the program's own, and the innermost of all where that is a
    library's. Its message may quote what a person typed."""
    if exc is True:
        import sys

        exc = sys.exc_info()
    error = exc if isinstance(exc, BaseException) else (exc[1] if isinstance(exc, tuple) else None)
    if error is None:
        return {}
    traceback, own, innermost = error.__traceback__, "", ""
    while traceback is not None:
        innermost = _place(traceback.tb_frame.f_code, traceback.tb_lineno)
        own = innermost if _is_own(traceback.tb_frame.f_code) else own
        traceback = traceback.tb_next
    places = dict.fromkeys(place for place in (own, innermost) if place)
    return {"error": type(error).__name__, "where": " < ".join(reversed(places))}


def _place(code: CodeType, line: int) -> str:
    return f"{'/'.join(code.co_filename.rsplit('/', 2)[-2:])}:{line}:{code.co_name}"


def _is_own(code: CodeType) -> bool:
    return code.co_filename.startswith(PROGRAM) and "site-packages" not in code.co_filename


def strip_foreign(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Records of other libraries keep their logger, level and unformatted message only, and the worker's the name of
    the task that they tell of, which is written in our code."""
    record: logging.LogRecord | None = event.get("_record")
    if record is not None and record.exc_info:
        event["exc_info"] = record.exc_info
    if record is not None:
        # The template of the message ("%s took %s"), never its arguments.
        event["event"] = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        if record.name.startswith("celery.") and isinstance(record.args, dict) and "name" in record.args:
            event["task"] = record.args["name"]
    return event


def configure_logging(level: str, *, to_stderr: bool = True) -> None:
    """Send every logger through the same JSON line writer."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [structlog.stdlib.add_logger_name, *shared, strip_foreign],
        "processors": [only_allowed, structlog.processors.JSONRenderer()],
    }
    handler = "console" if to_stderr else "null"
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {
                "console": {"class": "logging.StreamHandler", "formatter": "json"},
                "null": {"class": "logging.NullHandler"},
            },
            "root": {"handlers": [handler], "level": level},
            "loggers": {"django.server": {"level": "WARNING"}, "django.utils.autoreload": {"level": "WARNING"}},
        }
    )


def get_logger(name: str) -> Any:
    """A logger whose event is a fixed name and whose values are on the allow-list."""
    return structlog.stdlib.get_logger(name)
