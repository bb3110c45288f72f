"""The demo's accounts. They exist only where `seed_demo` made them, and their secrets are public on purpose."""

from __future__ import annotations

from dataclasses import dataclass

from psp.choices import Kind, Role

# One password and one authenticator secret for every demo account: written in the README, worth nothing elsewhere.
PASSWORD = "demo-demo-2026"  # noqa: S105  # nosec B105
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  # nosec B105


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """`region`: code of a program region, or "" for the whole program."""

    username: str
    name: str
    kind: Kind
    role: Role
    region: str
    language: str
    time_zone: str

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"


ACCOUNTS = (
    DemoAccount("admin", "Dominique", Kind.STAFF, Role.ADMINISTRATOR, "", "en", "America/Toronto"),
    DemoAccount("coordinator.qc", "Maude", Kind.STAFF, Role.COORDINATOR, "QC", "fr", "America/Toronto"),
    DemoAccount("coordinator.on", "Priya", Kind.STAFF, Role.COORDINATOR, "ON", "en", "America/Toronto"),
    DemoAccount("supporter.qc", "Camille", Kind.SUPPORTER, Role.SUPPORTER, "QC", "fr", "America/Toronto"),
    DemoAccount("supporter.on", "Morgan", Kind.SUPPORTER, Role.SUPPORTER, "ON", "en", "America/Toronto"),
    DemoAccount("clinician.qc", "Sacha", Kind.STAFF, Role.CLINICIAN, "QC", "fr", "America/Toronto"),
    DemoAccount("supervisor", "Robin", Kind.STAFF, Role.SUPERVISOR, "", "en", "America/Toronto"),
    DemoAccount("analyst", "Lee", Kind.STAFF, Role.ANALYST, "", "en", "America/Toronto"),
    DemoAccount("privacy", "Andrée", Kind.STAFF, Role.PRIVACY_OFFICER, "", "fr", "America/Toronto"),
)

# Participants that the README names; each signs in with a code that the mailbox page shows.
PARTICIPANTS = ("alix@example.org", "jo@example.org")
