"""Who said what cannot be told, also by whoever has the whole database again and again ([NH] rule 37).

The attacker here gets more than the threat asks for: a full dump of both databases, with the system's own columns,
right before and right after every single answer, the last dump of all, and whose answer each of them was. Only the
master key they lack. They try everything that `ATTACKS` names; beside our tables stand careless ones, which hold the
same answers and must fall to the same attacks, or the attacks would be worth nothing.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings as site
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from psp import feedback_rules as rules
from psp import middleware
from sessions import services_feedback as services
from sessions.models import FeedbackBatch, FeedbackBox
from tests import factories as make
from tests.browser import Browser
from tests.feedback import a_held_session, send, signed_in, slip_in, take_slip

pytestmark = pytest.mark.django_db(transaction=True)
YES, NO = "yes", "no"
# (table, address of the row, transaction that wrote it) → the row as text
Dump = dict[tuple[str, str, str], str]
CARELESS = ("careless_serial", "careless_random", "careless_heap", "careless_joined")
READ = re.compile(r'again\\*"+: *\\*"+(yes|no)')
# How unlikely a result by guessing must be before we say that an attack knows something.
BY_CHANCE = 1e-5


def dump() -> Dump:
    found: Dump = {}
    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            rows = "SELECT '{0}', ctid::text, xmin::text, t::text FROM \"{0}\" AS t"
            cursor.execute(" UNION ALL ".join(rows.format(table) for (table,) in cursor.fetchall()))
            found |= {(table, place, written): text for table, place, written, text in cursor.fetchall()}
    return found


def changed(before: Dump, after: Dump) -> dict[tuple[str, str, str], str]:
    return {row: text for row, text in after.items() if before.get(row) != text}


@dataclass
class Evidence:
    """What happened, in the order in which it did: account, what it changed in the database; and the end of it all."""

    events: list[tuple[str, Dump]] = field(default_factory=list)
    last: Dump = field(default_factory=dict)

    def only(self, tables: Callable[[str], bool]) -> Evidence:
        def those(rows: Dump) -> Dump:
            return {row: text for row, text in rows.items() if tables(row[0])}

        return Evidence([(who, those(rows)) for who, rows in self.events], those(self.last))


Guesses = dict[str, str]


def by_reading_what_changed(seen: Evidence) -> Guesses:
    """The last answer that can be read in what an event left, if it was not there before."""
    guesses, known = {}, 0
    for who, rows in seen.events:
        said = [one for text in rows.values() for one in READ.findall(text)]
        if said:
            guesses[who] = said[known] if len(said) > known > 0 else said[-1]
            known = len(said) if len(said) > 1 else 0
    return guesses


def by_transaction(seen: Evidence) -> Guesses:
    """Rows that an event wrote and that are still there at the end."""
    found = {}
    for who, rows in seen.events:
        said = [one for row in rows if row in seen.last for one in READ.findall(seen.last[row])]
        if len(said) == 1:
            found[who] = said[0]
    return found


def by_account(seen: Evidence) -> Guesses:
    """Rows at the end that name the account and say something."""
    return {
        who: said[0]
        for who, _rows in seen.events
        for text in seen.last.values()
        if who in text and (said := READ.findall(text))
    }


def by_order(key: Callable[[tuple[tuple[str, str, str], str]], object]) -> Callable[[Evidence], Guesses]:
    """The first who answered said what the first row says, or the first answer in a row, and so on."""

    def attack(seen: Evidence) -> Guesses:
        rows = sorted(((row, text) for row, text in seen.last.items() if READ.search(text)), key=key)
        said = [one for _row, text in rows for one in READ.findall(text)]
        return {who: one for (who, _rows), one in zip(seen.events, said, strict=False)}

    return attack


def by_size(seen: Evidence) -> Guesses:
    """Longer than most: "yes" is a letter more than "no"."""
    sizes = {who: sum(map(len, rows.values())) for who, rows in seen.events}
    middle = sorted(sizes.values())[len(sizes) // 2]
    return {who: YES if size > middle else NO for who, size in sizes.items() if size != middle}


def by_bytes(seen: Evidence) -> Guesses:
    """Whether what an event wrote resembles what the event before it wrote: sealed alike, said alike."""
    guesses, before = {}, ""
    for who, rows in seen.events:
        now = "".join(rows.values())
        alike = sum(a == b for a, b in zip(now, before, strict=False))
        guesses[who] = YES if alike * 16 > len(now) else NO
        before = now
    return guesses


ATTACKS: dict[str, Callable[[Evidence], Guesses]] = {
    "reading": by_reading_what_changed, "transaction": by_transaction, "account": by_account,
    "place": by_order(lambda row: (row[0][0], [int(one) for one in re.findall(r"\d+", row[0][1])])),
    "written": by_order(lambda row: (row[0][0], int(row[0][2]), row[0][1])),
    "text": by_order(lambda row: (row[0][0], row[1])), "size": by_size, "bytes": by_bytes,
}  # fmt: skip


def chance_of(right: int, tries: int) -> float:
    """How often guessing would be as far from half right as this, either way: always being wrong tells as much."""
    off = abs(right - tries / 2)
    return sum(math.comb(tries, hits) for hits in range(tries + 1) if abs(hits - tries / 2) >= off) / 2**tries


def told_by(attack: Callable[[Evidence], Guesses], stories: list[tuple[Evidence, Guesses]]) -> float:
    """How unlikely the attack's success is by chance; 1 where it has nothing to say."""
    right = tries = 0
    for seen, truth in stories:
        guesses = attack(seen)
        tries += len(guesses)
        right += sum(truth[who] == guess for who, guess in guesses.items())
    return chance_of(right, tries) if tries else 1.0


# --- The careless tables ---


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    """Tables as somebody might have made them, of the owner's, gone afterwards."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as found:
        role = connection.settings_dict["USER"]
        found.execute("CREATE TABLE careless_serial (id serial, said text)")
        found.execute("CREATE TABLE careless_random (id uuid, said text)")
        found.execute("CREATE TABLE careless_heap (id int, said text)")
        found.execute("CREATE TABLE careless_joined (token text, person uuid, said text)")
        found.execute("INSERT INTO careless_heap VALUES (1, '')")
        found.execute(f'GRANT ALL ON {", ".join(CARELESS)} TO "{role}"')
        try:
            yield found
        finally:
            found.execute(f"DROP TABLE {', '.join(CARELESS)}")


def keep_carelessly(owner: psycopg.Connection, who: str, said: str) -> None:
    """By number; under a random id, when it comes; at the end of one unsealed text; beside the account's slip."""
    text = json.dumps({"again": said})
    owner.execute("INSERT INTO careless_serial (said) VALUES (%s)", [text])
    owner.execute("INSERT INTO careless_random VALUES (%s, %s)", [uuid4(), text])
    owner.execute("UPDATE careless_heap SET said = said || %s", [text])
    owner.execute("INSERT INTO careless_joined VALUES (%s, %s, %s)", [uuid4().hex, who, text])


# --- The story: twelve people of two groups, half of them say yes ---


def a_story(seed: int, owner: psycopg.Connection) -> tuple[Evidence, Guesses]:
    """Everybody takes a slip and answers at once, which is the worst that they can do."""
    chance = random.Random(seed)
    by = make.a_coordinator("QC")
    people = [make.an_accepted_participant("QC", by=by) for _one in range(12)]
    held = [a_held_session(by, half) for half in (people[:6], people[6:])]
    truth = dict(zip((str(one.user_id) for one in people), chance.sample([YES, NO] * 6, 12), strict=True))
    seen = Evidence()
    for person in chance.sample(people, 12):
        who, session = str(person.user_id), held[people.index(person) // 6]
        browser = signed_in(person.user)
        slip = slip_in(take_slip(browser, session))
        before = dump()
        assert send(browser, slip, again=truth[who], safe="3").status_code == 302
        keep_carelessly(owner, who, truth[who])
        seen.events.append((who, changed(before, dump())))
    return seen, truth


def finished(seen: Evidence) -> Evidence:
    assert services.empty_boxes(timezone.now() + timedelta(days=15)) == 1
    seen.last = dump()
    return seen


def test_property_41_who_said_what_cannot_be_told_from_dumps_of_everything(owner):
    """Not by any of the attacks; and each careless table falls to one of them."""
    stories = []
    for seed in (1, 2):
        seen, truth = a_story(seed, owner)
        stories.append((finished(seen), truth))
        for table in CARELESS:
            owner.execute(f"TRUNCATE {table}")
        owner.execute("INSERT INTO careless_heap VALUES (1, '')")
    ours = [(seen.only(lambda table: table not in CARELESS), truth) for seen, truth in stories]
    assert {name: told for name, attack in ATTACKS.items() if (told := told_by(attack, ours)) < BY_CHANCE} == {}
    for table in CARELESS:
        theirs = [(seen.only(table.__eq__), truth) for seen, truth in stories]
        assert min(told_by(attack, theirs) for attack in ATTACKS.values()) < BY_CHANCE, table
    # One row for each story is all that is left of 24 answers, and no answer of one person is together in it.
    assert FeedbackBatch.objects.count() == 2
    assert [batch.counts["again"] for batch in FeedbackBatch.objects.all()] == [{"yes": 6, "no": 6, "open": 0}] * 2


def test_property_41_an_answer_and_a_slip_change_one_row_of_one_length_and_nothing_else():
    """Neither an entry of the log, nor a session, a counter or a key; and the two look alike."""
    by = make.a_coordinator("QC")
    person = make.an_accepted_participant("QC", by=by)
    session = a_held_session(by, [person])
    browser = signed_in(person.user)
    address = f"/en/my/sessions/{session.pk}/feedback/"
    browser.get(address)
    dumps = [dump()]
    slip = slip_in(browser.post(address, {"nonce": rules.new_nonce().hex()}))
    dumps.append(dump())
    assert b"q_again" in browser.post("/en/feedback/", {"code": slip}).content
    dumps.append(dump())
    assert send(browser, slip, again=YES).status_code == 302
    dumps.append(dump())
    handed, looked, answered = (changed(before, after) for before, after in pairwise(dumps))
    assert looked == {}
    assert [row[0] for row in (*handed, *answered)] == ["peer_sessions_feedbackbox"] * 2
    assert len({len(text) for text in (*handed.values(), *answered.values())}) == 1


def test_property_41_an_open_box_does_not_tell_even_with_its_key():
    """One dump and every key: the heaps in the box are in no order that could be laid beside each other."""
    by, right, tries = make.a_coordinator("QC"), 0, 0
    for seed in range(4):
        chance = random.Random(seed)
        people = [make.a_participant() for _one in range(10)]
        truth = dict(zip((one.pk for one in people), chance.sample([YES, NO] * 5, 10), strict=True))
        session = a_held_session(by, [])
        box = FeedbackBox.objects.get(session=session)
        key, content = services.key_of(box), services.content_of(box)
        for person in chance.sample(people, 10):
            mark, trace = rules.mark_of(key, person.user_id.bytes), rules.trace_of(key, rules.new_nonce())
            out = rules.hand_out(content, mark=mark, trace=trace)
            assert out is not None
            content = rules.take_in(out, trace=trace, sheet={"again": truth[person.pk]})
        services._put(box, content)
        handed, _slips, _used, sheets = json.loads(FeedbackBox.objects.get(pk=box.pk).sealed)
        for person in people:
            at = handed.index(rules.mark_of(key, person.user_id.bytes))
            tries, right = tries + 1, right + (dict(sheets[at])["again"] == truth[person.pk])
    assert chance_of(right, tries) > BY_CHANCE


def test_property_41_address_of_answers_knows_nobody(monkeypatch):
    """The browser's session is not read, no cookie is set, no line is logged, no slip is in an address."""
    lines: list[str] = []
    monkeypatch.setattr(middleware.log, "info", lambda event, **values: lines.append(values.get("route", "")))
    by = make.a_coordinator("QC")
    person = make.an_accepted_participant("QC", by=by)
    session = a_held_session(by, [person])
    browser = signed_in(person.user)
    page = take_slip(browser, session)
    slip = slip_in(page)
    assert slip not in "".join(re.findall(r'(?:href|action|src)="[^"]*"', page.content.decode()))
    lines.clear()
    with CaptureQueriesContext(connection) as asked:
        answers = [browser.get("/en/feedback/"), browser.post("/fr/feedback/", {"code": slip}),
                   send(browser, slip, again=YES), browser.get("/en/feedback/thanks/")]  # fmt: skip
    assert not [one["sql"] for one in asked.captured_queries if "django_session" in one["sql"]]
    assert not [one["sql"] for one in asked.captured_queries if "audit_" in one["sql"] or "psp_cache" in one["sql"]]
    assert [dict(answer.cookies) for answer in answers] == [{}] * 4
    assert all(person.user.name not in answer.content.decode() for answer in answers)
    assert lines == []
    browser.get("/en/my/")
    assert lines == ["my:home"]


def test_property_17_after_a_quick_exit_the_form_is_gone_too():
    """The one cookie that is looked at says that this browser has just left."""
    by = make.a_coordinator("QC")
    person = make.an_accepted_participant("QC", by=by)
    session = a_held_session(by, [person])
    browser = signed_in(person.user)
    slip = slip_in(take_slip(browser, session))
    browser.post("/leave/")
    assert site.LEFT_COOKIE_NAME in browser.cookies
    page = browser.post("/en/feedback/", {"code": slip}).content
    assert b"q_again" not in page
    assert b"q_again" in Browser().post("/en/feedback/", {"code": slip}).content
