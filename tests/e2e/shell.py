"""The site's own shell for as long as the browser stories last: one start of Django for all their scripts.

Each line that comes in is a script, as JSON; each line that goes out is what it printed, and how it failed.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback


def main() -> None:
    # Whatever else is said here is no answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    import django

    django.setup()
    from django.core.management.commands.shell import Command
    from django.db import close_old_connections
    from django.utils import translation

    from psp.context_vars import actor_id, request_id
    from psp.crypto import keyring

    names = Command().get_namespace(verbosity=0)
    for line in sys.stdin:
        printed, error = io.StringIO(), ""
        try:
            with contextlib.redirect_stdout(printed), translation.override("en"):
                exec(json.loads(line), dict(names))
        except Exception:
            error = traceback.format_exc()
        # The next one begins as a process of its own would.
        keyring.clear()
        actor_id.set(None)
        request_id.set("")
        close_old_connections()
        print(json.dumps([printed.getvalue(), error]), file=answers, flush=True)


if __name__ == "__main__":
    main()
