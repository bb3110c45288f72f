"""Several workers of pytest-xdist side by side (`-n`): which tests stay together, and which come first.

Every file stays with one worker. Browser tests come first, one file after another: each worker starts one site for
those that it is given. What takes longest comes first, so that nobody has to wait for another at the end. Loaded as a
plugin; without `-n` it does nothing.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

BROWSER, SERVERS = "tests/e2e/", "tests/integration/embedded/"
LONGEST_FIRST = (BROWSER, SERVERS, "tests/integration/", "tests/unit/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    # By default it would begin with the files that hold the most tests, which are the quickest.
    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: [not item.nodeid.startswith(place) for place in LONGEST_FIRST])
