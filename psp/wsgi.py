"""What gunicorn serves."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psp.settings")

_django = get_wsgi_application()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Django without the parameters of a content type.

    Forms are UTF-8. Django would read the address with any other charset that is named, and fail before a page of
    ours could say so.
    """
    environ["CONTENT_TYPE"] = environ.get("CONTENT_TYPE", "").split(";")[0]
    return _django(environ, start_response)
