"""Twenty thousand reminders that are due at once, beside two ceilings measured in the same run; and the sweep.

The ceilings: as many mails of that size over one connection of `smtplib`, and as many Celery tasks that do nothing on a
worker like ours. Run alone: `python -m tests.bench.sending`.
"""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import servers, sink
from tests.bench.figures import Figure

if TYPE_CHECKING:
    from intake.models import Participant
    from psp.models import User

# People, sessions of each within the day (one reminder each), and sessions in the table for the sweep.
SIZES = {"small": (1_000, 2, 50_000), "full": (5_000, 4, 1_000_000)}
RAW = 2_000
LONGEST = 1200
# Of the same size as a reminder.
MAIL = (
    "Subject: Rendez-vous\r\nFrom: Messages <rendez-vous@localhost>\r\nTo: {to}\r\nMessage-ID: <{number}@x>\r\n"
    "Date: Thu, 26 Nov 2026 12:00:00 -0000\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=\"utf-8\"\r\n\r\n" + "Hello, this is a line of some length or other.\r\n" * 6
)  # fmt: skip


def figures(by: User) -> list[Figure]:
    from tests.bench import outbox

    number, times, rows = SIZES[os.environ.get("BENCH_SCALE", "small")]
    people = outbox.people(number)
    groups = outbox.groups(people, by)
    found = Bench(people, groups, times)
    return [*found.figures(), *sweep(groups, rows)]


class Bench:
    """One set of people and groups, reminded again and again under other rules."""

    def __init__(self, people: list[Participant], groups: list[object], times: int) -> None:
        self.people, self.groups, self.times, self.number = people, groups, times, 0

    @property
    def count(self) -> int:
        return len(self.people) * self.times

    def queue(self) -> set[str]:
        """Due a minute ago, about sessions of today; their ids."""
        from django.utils import timezone

        from tests.bench import outbox

        now, made = timezone.now(), set[str]()
        for _time in range(self.times):
            self.number += 1
            starts_at = now + timedelta(hours=23) - timedelta(minutes=95 * (self.number % 12))
            sessions = outbox.sessions(self.groups, starts_at, self.number)  # type: ignore[arg-type]
            made |= outbox.reminders(sessions, self.people, now - timedelta(minutes=1), 24)
        return made

    def figures(self) -> list[Figure]:
        raw, nothing = raw_mails(), no_ops(self.count)
        one, memory = self.send(1)
        two, memory_of_two = self.send(2)
        ceiling, name = min(raw, nothing), f"{self.count} reminders"
        return [
            Figure("mails over one connection, raw smtplib", round(raw, 1), "/s", None, None, "a ceiling"),
            Figure("Celery tasks that do nothing, one worker", round(nothing, 1), "/s", None, None, "a ceiling"),
            Figure(f"{name}, one worker", round(one, 1), "/s", round(ceiling, 1), round(one / ceiling, 2),
                   "at least 0.4 × the lower ceiling"),
            Figure(f"{name}, two workers", round(two, 1), "/s", round(one, 1), round(two / one, 2), "more than one"),
            Figure("a worker while sending, at most", round(max(memory, memory_of_two)), "MB", None, None,
                   "under 250 MB"),
        ]  # fmt: skip

    def send(self, workers: int) -> tuple[float, float]:
        """Messages a second, from beat's task until every outcome is noted; and the most memory of a worker."""
        mine = self.queue()
        with (
            sink.sinking() as taken,
            working(workers, EMAIL_URL=f"smtp://{sink.HOST}:{taken.port}") as processes,
        ):
            begun = time.perf_counter()
            beat_until(lambda: not is_left())
            seconds = time.perf_counter() - begun
            memory = max(peak_mb(process.pid) for process in processes)
        came = [one for name in taken.ids if (one := name.partition("@")[0]) in mine]
        if not len(came) == len(set(came)) == len(mine) == sent(mine):
            raise SystemExit(f"{len(mine)} were due: {len(came)} came, {len(set(came))} different, {sent(mine)} noted.")
        return len(mine) / seconds, memory


@contextmanager
def working(number: int, application: str = "psp", **environment: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers as `make run` starts them."""
    from psp.celery import app

    with ExitStack() as stack:
        processes = []
        for one in range(number):
            command = [sys.executable, "-m", "celery", "-A", application, "worker", "--pool=threads", "--concurrency=4",
                       f"--hostname=bench{one}@localhost", "--without-gossip", "--without-mingle"]  # fmt: skip
            process = subprocess.Popen(
                command, cwd=servers.ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            stack.callback(process.wait, 30)
            stack.callback(process.terminate)
            processes.append(process)
        deadline = time.monotonic() + 120
        while len(app.control.ping(timeout=1)) < number:
            if time.monotonic() > deadline:
                raise SystemExit("The workers do not start.")
        yield processes


def beat_until(done: Callable[[], bool]) -> None:
    """What beat does, every minute, until it is done."""
    from contact.tasks import send_due

    begun = time.monotonic()
    for minute in range(LONGEST // 60):
        send_due.apply_async(expires=55)
        while time.monotonic() - begun < 60 * (minute + 1):
            if done():
                return
            time.sleep(0.1)
    raise SystemExit("It does not come to an end.")


def is_left() -> bool:
    from contact.models import OutboxMessage

    return OutboxMessage.objects.filter(template="session_reminder", state__in=["waiting", "sending"]).exists()


def sent(mine: set[str]) -> int:
    from contact.models import OutboxMessage

    return OutboxMessage.objects.filter(pk__in=mine, state="sent").count()


def peak_mb(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


# --- Ceilings ---------------------------------------------------------------------------------------


def raw_mails() -> float:
    with sink.sinking() as taken, smtplib.SMTP(sink.HOST, taken.port) as line:
        begun = time.perf_counter()
        for number in range(RAW):
            to = f"x{number}@example.org"
            line.sendmail("rendez-vous@localhost", [to], MAIL.format(to=to, number=number).encode())
        return RAW / (time.perf_counter() - begun)


def no_ops(number: int) -> float:
    """Tasks a second, once the worker is there; published while it works, as a task for each message would be."""
    from tests.bench.nothing import app, nothing

    with working(1, "tests.bench.nothing"), app.connection_for_read() as broker:
        queue = broker.default_channel.client
        begun = time.perf_counter()
        publishing = threading.Thread(target=lambda: [nothing.delay(str(one)) for one in range(number)])
        publishing.start()
        while publishing.is_alive() or queue.llen("celery") or queue.zcard("unacked_index"):
            time.sleep(0.02)
        return number / (time.perf_counter() - begun)


# --- The sweep --------------------------------------------------------------------------------------

SESSIONS = """
INSERT INTO peer_sessions_groupsession (id, group_id, number, starts_at, ends_at, state, {rest})
SELECT gen_random_uuid(), one.id, 1000 + n %% 30000, moment, moment + interval '90 minutes',
       CASE WHEN n %% 2 = 0 THEN 'scheduled' ELSE 'held' END, {values}
  FROM generate_series(1, %s) AS n
  JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS many FROM groups_peergroup) AS one
    ON one.place = 1 + (n / 30000 + n) %% one.many,
       LATERAL (SELECT CASE WHEN n %% 2 = 0 THEN now() + interval '10 days' + n * interval '2 hours'
                            ELSE now() - interval '10 days' - n * interval '2 hours' END AS moment) AS at
ON CONFLICT DO NOTHING
"""


def sweep(groups: list[object], rows: int) -> list[Figure]:
    """What a pass costs when nothing is due, before and after `rows` more sessions are in the table."""
    before = idle_ms()
    fill(rows)
    after = idle_ms()
    name = f"a pass with nothing due, {rows} more sessions"
    return [Figure(name, round(after, 1), "ms", round(before, 1), round(after / before, 2), "as without them")]


def idle_ms() -> float:
    import statistics

    from django.utils import timezone

    from contact import delivery

    delivery.send_due(timezone.now())
    taken = []
    for _time in range(15):
        begun = time.perf_counter()
        delivery.send_due(timezone.now())
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def fill(rows: int) -> None:
    """As their owner, with triggers asleep: what they keep is not what is measured."""
    from psp.embedded.servers import superuser

    columns = rest_of_columns()
    statement = SESSIONS.format(rest=", ".join(columns), values=", ".join(columns.values()))
    name = os.environ["DATABASE_URL"].rsplit("/", 1)[1]
    with superuser(servers.DATA / "bench").connect(name) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(statement.encode(), [rows])
        owner.execute("VACUUM ANALYZE peer_sessions_groupsession")


def rest_of_columns() -> dict[str, str]:
    """Every other column that must not be empty, with a value that says nothing."""
    from django.db import connection

    from sessions.models import GroupSession

    own, empty = {"id", "group_id", "number", "starts_at", "ends_at", "state"}, GroupSession()
    with connection.cursor() as cursor:
        return {
            connection.ops.quote_name(field.column): cursor.mogrify(
                "%s", [field.get_db_prep_save(field.pre_save(empty, add=True), connection)]
            )
            for field in GroupSession._meta.local_concrete_fields
            if field.column not in own and not field.null
        }


def main() -> int:
    import django

    servers.prepare(50)
    django.setup()
    from psp.models import User
    from tests.bench.__main__ import show

    found = figures(User.objects.get(username="coordinator.qc"))
    show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
