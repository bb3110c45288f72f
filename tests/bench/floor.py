"""The floors: a minimal Django that does one indexed query, opens one name, or does three inserts, and nothing else.

Served by the same gunicorn, on the same database, in the same run as what is measured.
"""

from __future__ import annotations

import os
from uuid import UUID, uuid4

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from psp.crypto import cipher

if not settings.configured:
    settings.configure(
        SECRET_KEY="floor", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[], INSTALLED_APPS=[],
        DATABASES={
            name: {**environ.Env.db_url_config(os.environ[variable]), "ENGINE": "django.db.backends.postgresql",
                   "CONN_MAX_AGE": 60}
            for name, variable in (("default", "DATABASE_URL"), ("keys", "KEYS_DATABASE_URL"))
        },
    )  # fmt: skip


MASTER = cipher.decode_key(os.environ["PSP_MASTER_KEYS"].partition(":")[2])


def one_query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM psp_user WHERE id = %s", [request.GET["id"]])
        row = cursor.fetchone()
    return HttpResponse(f"<!doctype html><title>x</title><p>{row[0]}</p>")


def one_person(request: HttpRequest) -> HttpResponse:
    """One name by primary key, with the key of its person, opened."""
    person = UUID(request.GET["id"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM psp_user WHERE id = %s", [person])
        token = bytes(cursor.fetchone()[0])
    with connections["keys"].cursor() as cursor:
        cursor.execute("SELECT id, wrapped FROM keys_datakey WHERE person = %s", [person])
        key_id, wrapped = cursor.fetchone()
    key = cipher.unwrap(bytes(wrapped), master=MASTER, key_id=key_id, person=person)
    name = cipher.unseal(token, key=key, place=cipher.Place("psp.user", "name", str(person), str(person)))
    return HttpResponse(f"<!doctype html><title>x</title><p>{name}</p>")


@csrf_exempt
def three_inserts(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        for _number in range(3):
            cursor.execute("INSERT INTO bench_floor (id, text) VALUES (%s, %s)", [uuid4(), request.POST["text"]])
    return HttpResponse(status=302, headers={"Location": "/"})


urlpatterns = [path("one-query", one_query), path("one-person", one_person), path("three-inserts", three_inserts)]
application = get_wsgi_application()
