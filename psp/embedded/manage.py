"""`manage.py` with the servers it needs: `python -m psp.embedded.manage verify_audit`.

Uses the running servers of PSP_DATA, or starts them for as long as the command takes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from psp.embedded import env, paths, servers
from psp.embedded.failures import StartError
from psp.embedded.messages import compile_catalogues
from psp.embedded.progress import complain


def run_command(data: Path, arguments: Sequence[str]) -> int:
    """Run manage.py with these arguments in the environment of this data directory; its exit status."""
    given = env.given_earlier(data) | {name: value for name, value in os.environ.items() if value}
    compile_catalogues(paths.project_root())
    with _servers(data, given):
        addresses = env.database_variables(data, given, tie=False) | env.broker_variables(data, given, tie=False)
        environment = env.read_env_file(data) | env.private_settings(data, given) | given | addresses
        command = [sys.executable, str(paths.project_root() / "manage.py"), *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


def _servers(data: Path, given: Mapping[str, str]) -> AbstractContextManager[object]:
    both_given = given.get("DATABASE_URL") and given.get("REDIS_URL")
    return nullcontext() if both_given else servers.servers_in_use(data)


def main() -> int:
    try:
        return run_command(paths.data_dir(), sys.argv[1:])
    except StartError as refusal:
        complain(str(refusal))
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
