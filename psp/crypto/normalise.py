"""One spelling for each name, address and number, so that an exact look-up finds it. Pure."""

from __future__ import annotations

import re
import unicodedata

NORTH_AMERICAN_DIGITS = 10
EXTENSION = re.compile(r"[\s.,;]*(?:x|ext|poste|[#*;,])\s*(?=[.:\s]*\d)", re.IGNORECASE)


def normal_email(text: str) -> str:
    """Lower case, composed characters, no surrounding space."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def normal_phone(text: str) -> str:
    """Digits with a leading +; ten digits are read as a North American number (+1).

    An extension is left out: taken for more digits, it would make the number of somebody abroad.
    """
    text = EXTENSION.split(text, maxsplit=1)[0]
    digits = re.sub(r"\D", "", text)
    if len(digits) == NORTH_AMERICAN_DIGITS and not text.strip().startswith("+"):
        digits = "1" + digits
    return "+" + digits if digits else ""


def normal_name(text: str) -> str:
    """Letters without accents or case, one space between words: "Zoé-Anne" and "ZOE ANNE" are the same."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w]+", " ", bare.casefold()).split())


NORMALISERS = {"email": normal_email, "phone": normal_phone, "name": normal_name}
