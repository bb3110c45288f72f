"""Run another Python module with the settings of PSP_DATA: `python -m psp.embedded.within mypy .`.

For tools that read Django's settings but need no server, such as the type checker.
"""

from __future__ import annotations

import os
import runpy
import sys

from psp.embedded.env import load_local_env

if __name__ == "__main__":
    load_local_env()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psp.settings")
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
