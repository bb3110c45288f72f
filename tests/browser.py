"""Django's test client as our pages use it: forms are sent urlencoded, because multipart is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.test import Client

FORM = "application/x-www-form-urlencoded"


class Browser(Client):
    """`post(url, {...})` sends what a browser's form would."""

    def post(self, path: Any, data: Any = None, content_type: str = FORM, **extra: Any) -> Any:  # type: ignore[override]
        body = (
            urlencode(data or {}, doseq=True) if content_type == FORM and not isinstance(data, (str, bytes)) else data
        )
        return super().post(path, body, content_type=content_type, **extra)
