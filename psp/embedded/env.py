"""The environment of a local installation: what the program reads, complete and private.

What the person set always wins. The rest comes from the embedded servers and PSP_DATA/secrets.json, and
is kept in PSP_DATA/env (mode 0600), so that `manage.py` finds it by itself.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from psp.embedded import external, paths, secretfile, servers
from psp.embedded.failures import StartError

DATABASES = ("DATABASE_URL", "DATABASE_OWNER_URL", "KEYS_DATABASE_URL", "KEYS_DATABASE_OWNER_URL")
# Settings of the program besides those that begin with PSP_; `.env.example` lists them all.
SETTINGS = frozenset(
    {"SECRET_KEY", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DEBUG", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "LOG_LEVEL",
     "STATIC_ROOT", "GC_NOTIFY_API_KEY", "GC_NOTIFY_TEMPLATE_ID", "GC_NOTIFY_URL", "GC_NOTIFY_TIMEOUT",
     "GRAPH_TENANT", "GRAPH_CLIENT", "GRAPH_SECRET", "GRAPH_ORGANIZER", "GRAPH_URL", "GRAPH_SIGN_IN_URL",
     "GRAPH_TIMEOUT"}
)  # fmt: skip
# Not settings: who connects to the database, and how the embedded servers run.
NOT_SETTINGS = ("PSP_DB_ROLE", "PSP_EMBEDDED", "PSP_BROWSER")
# Which servers are the embedded ones; the others were named by the person.
EMBEDDED = "PSP_EMBEDDED"


def addresses(running: servers.Servers) -> dict[str, str]:
    """The variables that name the embedded servers."""
    return {
        "DATABASE_URL": running.database_url,
        "DATABASE_OWNER_URL": running.database_owner_url,
        "KEYS_DATABASE_URL": running.keys_database_url,
        "KEYS_DATABASE_OWNER_URL": running.keys_database_owner_url,
        "REDIS_URL": running.redis_url,
    }


def private_settings(data: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Secrets and settings of the loopback demo; whatever is `given` is left out."""
    secrets = secretfile.load(data)
    found = {
        "PSP_DATA": str(data),
        "SECRET_KEY": secrets["secret_key"],
        "PSP_INDEX_KEY": secrets["index_key"],
        "PSP_AUDIT_KEY": secrets["audit_key"],
        "PSP_HTTPS": "0",
        "PSP_DEMO": "1",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
    }
    if not given.get("PSP_MASTER_KEYS"):
        found["PSP_MASTER_KEYS_FILE"] = str(secretfile.master_keys_file(data))
    return {name: value for name, value in found.items() if not given.get(name)}


def given_settings(given: Mapping[str, str]) -> dict[str, str]:
    """The person's own settings, apart from the addresses of servers."""
    return {name: value for name, value in given.items() if value and _is_setting(name)}


def _is_setting(name: str) -> bool:
    return name in SETTINGS or (name.startswith("PSP_") and not name.startswith(NOT_SETTINGS))


def origins(port: int) -> str:
    """Where forms may come from on this machine."""
    return f"http://127.0.0.1:{port},http://localhost:{port}"


def database_variables(data: Path, given: Mapping[str, str], *, tie: bool) -> dict[str, str]:
    """The four database addresses: the given server's, checked, or the embedded one's, started."""
    if given.get("DATABASE_URL"):
        return external.database_urls(given)
    found = addresses(servers.ensure_postgres(data, tie=tie))
    return {name: given.get(name) or found[name] for name in DATABASES}


def broker_variables(data: Path, given: Mapping[str, str], *, tie: bool) -> dict[str, str]:
    """REDIS_URL: the given one, checked, or the embedded server's, started."""
    if given.get("REDIS_URL"):
        external.check_redis(given["REDIS_URL"])
        return {"REDIS_URL": given["REDIS_URL"]}
    return {"REDIS_URL": servers.ensure_valkey(data, tie=tie)}


def embedded_mark(given: Mapping[str, str]) -> dict[str, str]:
    """Records which servers are embedded, for later commands."""
    kinds = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    return {EMBEDDED: ",".join(kind for kind, variable in kinds.items() if not given.get(variable))}


# --- The file -------------------------------------------------------------------------------------


def write_env_file(data: Path, values: Mapping[str, str]) -> None:
    """Write PSP_DATA/env, which a shell can read too."""
    lines = (f"{name}={shlex.quote(value)}\n" for name, value in sorted(values.items()))
    paths.write_private(data / "env", "".join(lines))


def read_env_file(data: Path) -> dict[str, str]:
    """Its variables; none if there is no such file."""
    try:
        words = shlex.split((data / "env").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return dict(word.split("=", 1) for word in words if "=" in word)


def given_earlier(data: Path) -> dict[str, str]:
    """What the person named at the last `make run`: its server addresses that are not embedded ones."""
    saved = read_env_file(data)
    embedded = saved.get(EMBEDDED, "postgres,valkey").split(",")
    names = (() if "postgres" in embedded else DATABASES) + (() if "valkey" in embedded else ("REDIS_URL",))
    return {name: saved[name] for name in names if saved.get(name)}


def load_local_env() -> None:
    """Give this process the environment of PSP_DATA, wherever it has none of its own.

    Before the first `make run` there are no servers: then the secrets are made, and the addresses lead to
    a port on which nothing answers, so that commands without a database work already.
    """
    data = paths.data_dir()
    for name, value in (read_env_file(data) or _without_servers(data)).items():
        os.environ.setdefault(name, value)


def _without_servers(data: Path) -> dict[str, str]:
    try:
        paths.prepare(data)
        nowhere = servers.nowhere(data)
        return addresses(nowhere) | private_settings(data, os.environ)
    except (OSError, StartError):
        return {}
