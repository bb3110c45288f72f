"""Stop the servers of PSP_DATA and delete what they hold: part of `make clean`."""

from __future__ import annotations

import sys

from psp.embedded import paths
from psp.embedded.children import end_leftovers
from psp.embedded.failures import StartError
from psp.embedded.progress import complain
from psp.embedded.run import claim
from psp.embedded.servers import remove_servers

if __name__ == "__main__":
    try:
        claim(paths.data_dir())
        end_leftovers(paths.data_dir())
        remove_servers(paths.data_dir())
    except StartError as refusal:
        complain(str(refusal))
        sys.exit(2)
