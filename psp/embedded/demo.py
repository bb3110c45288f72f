"""The demo data of the first start: whether they are wanted, and whether they are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from psp.embedded.external import Target

# One year of a small program, with a seed that leaves something to do on the desk of each coordinator. Its figures,
# and what those who lead did lately, take longer than anybody waits for a first page: the worker makes them meanwhile.
SEED = ("seed_demo", "--participants", "120", "--years", "1", "--seed", "393", "--waiting", "24", "--later")
FALSE = frozenset({"", "0", "false", "no", "off", "f", "n"})


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Whether the demo is on, which `make run` takes for granted unless PSP_DEMO says no."""
    return environment.get("PSP_DEMO", "1").strip().lower() not in FALSE


def is_missing(data: Path, environment: Mapping[str, str]) -> bool:
    """Whether nobody is in the database yet, or making the demo data was interrupted."""
    if _mark(data).exists():
        return True
    target = Target("DATABASE_URL", environment["DATABASE_URL"])
    with psycopg.connect(**target.parameters, connect_timeout=5) as connection:
        row = connection.execute("SELECT EXISTS (SELECT 1 FROM psp_user)").fetchone()
    return row is not None and not row[0]


@contextmanager
def unfinished(data: Path) -> Iterator[None]:
    """Leaves a mark unless the block comes to its end, so that the next start makes the data again."""
    _mark(data).touch(mode=0o600)
    yield
    _mark(data).unlink()


def _mark(data: Path) -> Path:
    return data / "run" / "demo-unfinished"
