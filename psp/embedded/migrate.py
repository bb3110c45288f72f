"""Bring both databases up to date as their owners: `python -m psp.embedded.migrate`.

A process of its own, so that the runner never imports Django; one process for both databases, because
starting Django takes longer than finding that nothing is to be done.
"""

from __future__ import annotations

import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psp.settings")
    os.environ["PSP_DB_ROLE"] = "owner"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="default", interactive=False, verbosity=1)
    call_command("migrate", database="keys", interactive=False, verbosity=1)


if __name__ == "__main__":
    main()
