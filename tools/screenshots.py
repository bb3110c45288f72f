"""Make the README's pictures from synthetic data: `make screenshots`. Real pages in a real browser."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize

import tests.environment  # noqa: F401 - servers and settings, as for the tests

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
DESK, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=760)


def main() -> int:
    from playwright.sync_api import sync_playwright

    from psp.embedded.browser import get_browser
    from tests.e2e.conftest import Visitor
    from tests.e2e.people import sign_in_team
    from tests.e2e.stack import running_stack

    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=get_browser(), args=["--no-sandbox", "--disable-gpu"])
        with running_stack(Path(folder), participants=400, background=False) as site:
            for name, language, size in (("desk", "en", DESK), ("intake", "fr", PHONE)):
                context = browser.new_context(viewport=size, ignore_https_errors=True, device_scale_factor=1.5)
                visitor = Visitor(context, site, language)
                if name == "desk":
                    sign_in_team(visitor, "coordinator.on")
                visitor.open("desk/" if name == "desk" else "intake/")
                visitor.page.screenshot(path=PICTURES / f"{name}.png")
                context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
