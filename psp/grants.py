"""What the application's database role may do. Run by the owner after every migration.

Audit rows: insert and read; old ones go by a function of the owner's that judges for itself. Published consents and
eligibility versions are kept by triggers.
"""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

from django.db import connections

URLS = {"default": "DATABASE_URL", "keys": "KEYS_DATABASE_URL"}
APPEND_ONLY = ("audit_entry", "audit_link")
READ_ONLY = ("audit_checkpoint", "peer_sessions_booking")
# Functions that act as the owner, each of which refuses what it should not do.
FUNCTIONS = ("audit_thin",)


def application_role(using: str) -> str:
    """Name of the role that serves requests, from the environment; "" if there is no other than the owner."""
    role = unquote(urlsplit(os.environ.get(URLS[using], "")).username or "")
    return "" if role == connections[using].settings_dict["USER"] else role


def grant(using: str) -> None:
    """Give the application's role its rights on every table that exists now. Idempotent."""
    role = application_role(using)
    if not role:
        return
    connection = connections[using]
    name = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        existing = set(connection.introspection.table_names(cursor))
        for table in APPEND_ONLY:
            if table in existing:
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")
        for table in READ_ONLY:
            if table in existing:
                cursor.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {name}")
        cursor.execute("SELECT DISTINCT proname FROM pg_proc WHERE proname = ANY(%s)", [list(FUNCTIONS)])
        for (function,) in cursor.fetchall():
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {name}")
