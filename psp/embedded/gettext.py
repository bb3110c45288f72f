"""Make sure that gettext's programs are there: only collecting texts needs them, running does not."""

from __future__ import annotations

import os
import shutil
import sys

from psp.embedded.browser import apt_install
from psp.embedded.progress import complain, step


def main() -> int:
    if shutil.which("xgettext"):
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with step("Installing Debian's gettext"):
            apt_install("gettext")
    if shutil.which("xgettext"):
        return 0
    complain("Collecting texts needs gettext: get it with `sudo apt-get install gettext` (or your system's way).")
    return 2


if __name__ == "__main__":
    sys.exit(main())
