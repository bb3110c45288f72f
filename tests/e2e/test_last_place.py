"""Property 36: fifty at once want the last place in a group, over the web, the administration, the shell and SQL."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from threading import Barrier, Thread
from urllib.parse import urlencode

import psycopg

from tests.e2e.stack import Stack

WEB, ADMIN, SHELL, SQL = 20, 5, 15, 10
CLIENTS = WEB + ADMIN + SHELL + SQL
FULL, CLOSED = "This group is full", "This group is established"

# A group with nine members, people who wait, and two browsers that are signed in.
READY = f"""
import json
from django.test import Client
from psp.models import User
from tests import factories as make
coordinator = User.objects.get(username="coordinator.qc")
group = make.a_formal_group(coordinator, members=9)
people = [make.an_accepted_participant(by=coordinator) for _number in range({CLIENTS})]
cookies = []
for who in (coordinator, User.objects.get(username="admin")):
    client = Client()
    make.sign_in(client, who)
    cookies.append(client.cookies["__Host-session"].value)
print(json.dumps([str(group.pk), [str(one.pk) for one in people], cookies]))
"""
# Writers in one shell, half of them through the service and half past it.
WRITERS = """
import json
from threading import Barrier, Thread
from uuid import UUID
from django.db import IntegrityError, connections
from groups.models import Membership
from groups.services import add_member
from psp.errors import DomainError, constraint_name
from psp.models import User
by, people = User.objects.get(username="coordinator.qc"), {people!r}
gate, said = Barrier(len(people)), []
def join(number):
    gate.wait()
    try:
        if number % 2:
            add_member(group=UUID({group!r}), participant=UUID(people[number]), by=by)
        else:
            Membership.objects.create(group_id={group!r}, participant_id=people[number])
        said.append("added")
    except DomainError as error:
        said.append(error.code)
    except IntegrityError as error:
        said.append(constraint_name(error))
    finally:
        connections.close_all()
threads = [Thread(target=join, args=(number,)) for number in range(len(people))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(240)
print(json.dumps(said))
"""
PRESENT = """
from groups.models import Membership
print(Membership.objects.active().filter(group={group!r}).count())
"""
ESTABLISH = """
from uuid import UUID
from groups.models import Membership
from groups.services import establish, leave_group
from psp.models import User
by = User.objects.get(username="coordinator.qc")
establish(group=UUID({group!r}), by=by)
leave_group(membership=Membership.objects.active().filter(group={group!r}).first(), by=by)
"""
INSERT = """INSERT INTO groups_membership (id, group_id, participant_id, state, joined_at, shared_needs)
            VALUES (%s, %s, %s, 'member', now(), '{}')"""


class HttpClient:
    """Asks the site with somebody's session, over a new connection each time."""

    def __init__(self, site: Stack, session: str) -> None:
        self.port, self.context = site.port, ssl._create_unverified_context()
        self.cookies = {"__Host-session": session}
        self.origin = site.url

    def ask(self, method: str, path: str, **values: str) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.context, timeout=240)
        with closing(connection):
            connection.request(method, path, urlencode(values) if values else None, headers)
            answer = connection.getresponse()
            self.cookies |= re.findall(r"(__Host-\w+)=([^;]+)", answer.headers.as_string())
            return answer.status, answer.read().decode()

    def token(self, path: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask("GET", path)[1])
        assert found, path
        return found[1]


def all_at_once(acts: list[Callable[[], str]], waiting: Callable[[], list[str]]) -> list[str]:
    """What each act said; they begin together, and `waiting` beside them, which speaks for several."""
    said: list[str] = []
    gate = Barrier(len(acts) + 1)

    def run(act: Callable[[], str]) -> None:
        gate.wait()
        said.append(act())

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    gate.wait()
    said += waiting()
    for thread in threads:
        thread.join(300)
    return said


def by_web(site: Stack, session: str, group: str, person: str) -> Callable[[], str]:
    """As the desk's button does it."""
    client, path = HttpClient(site, session), f"/en/desk/groups/{group}/people/"
    token = client.token(path)

    def post() -> str:
        status, page = client.ask("POST", path, participant=person, csrfmiddlewaretoken=token)
        if status == 302:
            return "added"
        return next((name for name, words in (("full", FULL), ("closed", CLOSED)) if words in page), f"{status}")

    return post


def by_administration(site: Stack, session: str, group: str, person: str) -> Callable[[], str]:
    """There is no page for places, so there is none to send a form to."""
    client = HttpClient(site, session)
    token = client.token("/admin/groups/kindsetting/formal/change/")

    def post() -> str:
        values = {"group": group, "participant": person, "state": "member", "csrfmiddlewaretoken": token}
        return str(client.ask("POST", "/admin/groups/membership/add/", **values)[0])

    return post


def by_sql(site: Stack, group: str, person: str) -> Callable[[], str]:
    """As the application's role, past all of the program."""
    connection = psycopg.connect(site.environment["DATABASE_URL"])

    def insert() -> str:
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(INSERT, [uuid.uuid4(), group, person])
        except psycopg.errors.IntegrityError as error:
            return str(error.diag.constraint_name)
        finally:
            connection.close()
        return "added"

    return insert


def rush(site: Stack, group: str, people: list[str], cookies: list[str]) -> Counter[str]:
    """Fifty at once, each for another person."""
    them = iter(people)
    acts = [by_web(site, cookies[0], group, next(them)) for _number in range(WEB)]
    acts += [by_administration(site, cookies[1], group, next(them)) for _number in range(ADMIN)]
    acts += [by_sql(site, group, next(them)) for _number in range(SQL)]
    script = WRITERS.format(group=group, people=list(them))
    said = all_at_once(acts, lambda: json.loads(site.run(script)))
    assert len(said) == CLIENTS
    return Counter(said)


def test_property_36_fifty_for_the_last_place_make_no_eleventh_and_none_after_it_is_established(site: Stack):
    group, people, cookies = json.loads(site.run(READY))
    said = rush(site, group, people, cookies)
    assert said["added"] == 1, said
    assert said["404"] == ADMIN, said
    assert said["full"] + said["membership_group_full"] == CLIENTS - ADMIN - 1, said
    assert site.run(PRESENT.format(group=group)) == "10"

    site.run(ESTABLISH.format(group=group))
    said = rush(site, group, people, cookies)
    assert said["added"] == 0, said
    assert said["404"] == ADMIN, said
    assert site.run(PRESENT.format(group=group)) == "9", "the place of someone who left stays nobody's"
