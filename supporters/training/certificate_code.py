"""The code on a certificate: random, to be typed from paper. Pure.

A hundred random bits: at a thousand tries an hour for a century, the chance to hit one of a million certificates is
less than one in ten to the fifteenth; and nobody gets a thousand tries an hour.
"""

from __future__ import annotations

import secrets

# No I, L, O or U: whoever types it from paper is not misled, and no word comes about.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MEANT = str.maketrans("OIL", "011")
LENGTH = 20
BETWEEN = " -\u2010\u2011\u2012\u2013\u2014\u00a0"


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _place in range(LENGTH))


def spelled(code: str) -> str:
    """Five groups of four, as printed."""
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def code_of(typed: str) -> str:
    """The code that was typed, in whatever spelling; "" for what cannot be one."""
    text = "".join(char for char in typed.upper() if char not in BETWEEN).translate(MEANT)
    return text if len(text) == LENGTH and all(char in LETTERS for char in text) else ""
