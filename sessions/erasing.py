"""What goes with a person: whether they were at a session. The session itself stays."""

from __future__ import annotations

from collections import Counter

from privacy.erasing import Eraser, add_eraser, delete_rows
from psp.models import User
from sessions.models import Attendance


def erase(person: User) -> Counter[str]:
    return delete_rows(Attendance.objects.filter(participant__user=person))


def bookings_are_gone(_person: User) -> Counter[str]:
    """Every place ended when the erasure was approved, and the triggers took its bookings along; nobody else may."""
    return Counter()


def register() -> None:
    add_eraser(Eraser("attendance", frozenset({"peer_sessions.attendance"}), erase, order=10))
    add_eraser(Eraser("bookings", frozenset({"peer_sessions.booking"}), bookings_are_gone, order=25))
