"""Counts that were not protected fit in no file: the type checker says so, and so does the program.

Here mypy warns of an `ignore` that it does not need: if it took raw counts one day, `make check` would fail.
"""

from __future__ import annotations

import pytest

from reporting.disclosure import CountTable
from reporting.files.books import Chapter, protected
from reporting.models import Series


def test_raw_counts_are_refused_before_and_while_the_program_runs() -> None:
    raw = CountTable(("total",), (("all",),), {("all",): 3})
    with pytest.raises(TypeError, match="only protected tables"):
        protected(raw)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="only protected tables"):
        Chapter(Series(), (), (raw,))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="only protected tables"):
        protected({("QC",): 3})  # type: ignore[arg-type]
