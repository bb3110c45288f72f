#!/usr/bin/env python
"""Django's command line, with the local environment of `make run` when no other is given."""

import os
import sys

# These commands change the schema, so they connect as the owner of the tables. Everything else
# connects as the application role, which can neither change the schema nor touch audit rows.
OWNER_COMMANDS = frozenset({"migrate", "sqlmigrate", "makemigrations", "createcachetable", "dbshell"})


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psp.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("PSP_DB_ROLE", "owner")
    if "DATABASE_URL" not in os.environ:
        from psp.embedded.env import load_local_env

        load_local_env()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
