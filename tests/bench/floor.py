"""The floors: a minimal Django that does one indexed query, or three inserts, and nothing else.

Served by the same gunicorn, on the same database, in the same run as what is measured.
"""

from __future__ import annotations

import os
from uuid import uuid4

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

if not settings.configured:
    database = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    settings.configure(
        SECRET_KEY="floor", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[], INSTALLED_APPS=[],
        DATABASES={"default": {**database, "ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 60}},
    )  # fmt: skip


def one_query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM psp_user WHERE id = %s", [request.GET["id"]])
        row = cursor.fetchone()
    return HttpResponse(f"<!doctype html><title>x</title><p>{row[0]}</p>")


@csrf_exempt
def three_inserts(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        for _number in range(3):
            cursor.execute("INSERT INTO bench_floor (id, text) VALUES (%s, %s)", [uuid4(), request.POST["text"]])
    return HttpResponse(status=302, headers={"Location": "/"})


urlpatterns = [path("one-query", one_query), path("three-inserts", three_inserts)]
application = get_wsgi_application()
