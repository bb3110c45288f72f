"""Stop the embedded servers of PSP_DATA: `python -m psp.embedded.stop`; with `--remove` delete their data too."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from psp.embedded import lock, paths, servers
from psp.embedded.children import end_leftovers
from psp.embedded.failures import StartError
from psp.embedded.progress import complain
from psp.embedded.run import claim


def stop_unused(data: Path) -> None:
    """Stop them unless a runner or a command still uses them."""
    claimed, user = claim(data), lock.hold_shared(data / "servers.users")
    end_leftovers(data)
    if lock.try_exclusive(user):
        servers.stop_servers(data)
    os.close(user)
    os.close(claimed)


if __name__ == "__main__":
    try:
        if paths.data_dir().is_dir():
            stop_unused(paths.data_dir())
        if "--remove" in sys.argv:
            servers.remove_servers(paths.data_dir())
    except StartError as refusal:
        complain(str(refusal))
        sys.exit(2)
