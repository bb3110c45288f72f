"""Where a session takes place: what holds for it alone, otherwise what holds for its group."""

from __future__ import annotations

from dataclasses import dataclass

from sessions.models import GroupSession


@dataclass(frozen=True, slots=True)
class Place:
    """ "" where nothing is known. `address` says how to get in, too."""

    link: str = ""
    address: str = ""
    room_name: str = ""

    def __bool__(self) -> bool:
        return bool(self.link or self.address or self.room_name)


def place_of(session: GroupSession) -> Place:
    """Reads `session.group` and `session.room`. An address of the session's own comes before that of its room."""
    group, room = session.group, session.room
    address = session.address or (room.address if room else "") or group.address
    return Place(session.link or group.link, address, room.name if room else "")
