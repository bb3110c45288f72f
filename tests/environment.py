"""Real servers for every test: PostgreSQL and Valkey of their own, real migrations, the application's role.

Loaded as a plugin (`-p tests.environment`), because the settings read the environment very early.
`PSP_TEST_SUFFIX` names another pair of databases, for two runs at once. `PSP_UNIT_ONLY=1` starts nothing.
With `-n`, pytest-xdist's first process makes the databases and each of its workers a copy of its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PSP_TEST_DATA", ROOT / ".local" / "test"))
SUFFIX = os.environ.get("PSP_TEST_SUFFIX", "test")
# What the tests of one checkout share, so that databases can be used again while nothing changed.
SECRETS = DATA / f"tests-{SUFFIX}.json"

# Reference data that the migrations load; emptying it would leave the code without regions and texts.
KEPT = {
    "django_migrations", "django_content_type", "auth_permission", "auth_group", "psp_region", "psp_programregion",
    "intake_eligibilityversion", "intake_referral", "intake_meetingguide", "consent_consentversion",
    "contact_messagetemplate", "contact_reminderrule", "groups_kindsetting", "psp_crisisline", "privacy_retentionrule",
    "consent_purposeswitch", "peer_sessions_questionnaire", "supporters_readinesscriterion", "supporters_caresetting",
    "supporters_checkinquestion", "supporters_careoffer",
    "supporters_programtext",
    "supporters_resourcetopic",
    "supporters_course", "supporters_module", "supporters_evaluationform",
    "supporters_incidentkind",
    "supporters_supportkind",
    "supporters_accommodationkind",
    "reporting_series", "reporting_indicator", "reporting_platform", "reporting_givenkind",
}  # fmt: skip


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def fingerprint() -> str:
    """Changes whenever a migration or what it loads changes."""
    digest = hashlib.sha256()
    places = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("psp/*/migrations/*.py"), *ROOT.glob("psp/content/*.json"),
              *ROOT.glob("*/reference*.py"), ROOT / "psp" / "grants.py", ROOT / "psp" / "crisis.py"]  # fmt: skip
    for path in sorted(places):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def remembered() -> dict[str, str]:
    """Environment of the last run, if its databases still fit."""
    try:
        found: dict[str, str] = json.loads(SECRETS.read_text())
    except (OSError, ValueError):
        return {}
    return found if found.get("fingerprint") == fingerprint() and not os.environ.get("CI") else {}


def fresh_environment() -> dict[str, str]:
    """Fresh databases, migrated by their owner as in a deployment."""
    from psp.embedded.servers import create_databases, ensure_servers

    made = create_databases(ensure_servers(DATA), SUFFIX)
    # Signed by the key of the run before, which nobody has any more.
    shutil.rmtree(DATA / "ledgers", ignore_errors=True)
    values = {
        "DATABASE_URL": made.database_url, "DATABASE_OWNER_URL": made.database_owner_url,
        "KEYS_DATABASE_URL": made.keys_database_url, "KEYS_DATABASE_OWNER_URL": made.keys_database_owner_url,
        "REDIS_URL": made.redis_url, "SECRET_KEY": secrets.token_urlsafe(48), "PSP_MASTER_KEYS": f"test:{key()}",
        "PSP_INDEX_KEY": key(), "PSP_AUDIT_KEY": key(), "PSP_HTTPS": "0", "PSP_DEMO": "1", "PSP_DATA": str(DATA),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver", "EMAIL_URL": "smtp://127.0.0.1:1",
        "DJANGO_SETTINGS_MODULE": "psp.settings",
    }  # fmt: skip
    os.environ.update(values)
    subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"], check=True, cwd=ROOT)
    SECRETS.write_text(json.dumps({**values, "fingerprint": fingerprint()}))
    SECRETS.chmod(0o600)
    return values


def reuse(values: dict[str, str]) -> bool:
    """Take up the databases of the last run, emptied. False if they are not there any more."""
    import psycopg

    from psp.embedded.servers import ensure_servers

    servers = ensure_servers(DATA)
    os.environ.update({name: value for name, value in values.items() if name != "fingerprint"})
    try:
        empty_databases(tidy=True)
    except psycopg.Error:
        return False
    return values["REDIS_URL"] == servers.redis_url


# Counters of the tables that are not in the list begin anew.
RESTART = """
SELECT setval(counter.seqrelid::regclass, 1, false)
  FROM pg_sequence counter
  JOIN pg_depend part
    ON part.objid = counter.seqrelid AND part.classid = 'pg_class'::regclass AND part.deptype IN ('a', 'i')
  JOIN pg_class owner ON owner.oid = part.refobjid
 WHERE owner.relname <> ALL(%s) AND pg_sequence_last_value(counter.seqrelid) IS NOT NULL
"""


def empty_databases(*, tidy: bool = False) -> None:
    """Empty every table but reference data, as the superuser: the application's role may not.

    `tidy`: forget what is known of the size of the tables as well; it is of the run before.

    Only tables that hold something, with references and triggers asleep: TRUNCATE of all makes hundreds of files anew.
    """
    from psycopg import sql

    from psp.embedded.servers import superuser

    server = superuser(DATA)
    for name in ("DATABASE_URL", "KEYS_DATABASE_URL"):
        with server.connect(os.environ[name].rsplit("/", 1)[1]) as connection, connection.transaction():
            rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            filled = [
                sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(row[0]), sql.Identifier(row[0]))
                for row in rows
                if row[0] not in KEPT
            ]
            connection.execute("SET LOCAL session_replication_role = replica")
            emptied = [table for (table,) in connection.execute(sql.SQL(" UNION ALL ").join(filled)).fetchall()]
            for table in emptied:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            connection.execute(RESTART, [list(KEPT)])
        if tidy:
            with server.connect(os.environ[name].rsplit("/", 1)[1]) as connection:
                for table in emptied:
                    connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(table)))


def copy_for(worker: str) -> None:
    """A copy of the databases that the first process made a moment ago and does not use itself.

    Everything else is inherited from it. The broker is one for all: no test looks at what waits there.
    """
    from psp.embedded.lock import locked
    from psp.embedded.servers import create_databases, ensure_servers

    servers = ensure_servers(DATA)
    with locked(DATA / f"tests-{SUFFIX}.lock"):
        made = create_databases(servers, f"{SUFFIX}_{worker}", copy_of=SUFFIX)
    os.environ.update(
        DATABASE_URL=made.database_url, DATABASE_OWNER_URL=made.database_owner_url,
        KEYS_DATABASE_URL=made.keys_database_url, KEYS_DATABASE_OWNER_URL=made.keys_database_owner_url,
    )  # fmt: skip


def prepare() -> None:
    os.environ.setdefault("PSP_EMBEDDED_FAST", "1")
    # Pages of figures count at once what is missing: no worker runs beside these tests.
    os.environ.setdefault("PSP_REPORT_PROOFS_IN_PAGE", "1000")
    if os.environ.get("PSP_UNIT_ONLY"):
        nowhere = "postgresql://nobody@127.0.0.1:1/none"
        os.environ.update(
            DATABASE_URL=nowhere, KEYS_DATABASE_URL=nowhere, REDIS_URL="redis://127.0.0.1:1/0", SECRET_KEY="unit",
            PSP_MASTER_KEYS=f"test:{key()}", PSP_INDEX_KEY=key(), PSP_AUDIT_KEY=key(),
        )  # fmt: skip
        return
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        copy_for(worker)
        return
    values = remembered()
    if not (values and reuse(values)):
        fresh_environment()
    (DATA / "mail").mkdir(parents=True, exist_ok=True)


prepare()
