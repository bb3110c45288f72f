"""Where a session takes place: what holds for it alone, otherwise what holds for its group."""

from __future__ import annotations

from dataclasses import dataclass

from intake.choices import Modality
from sessions.models import GroupSession, VideoMeeting


@dataclass(frozen=True, slots=True)
class Place:
    """ "" where nothing is known. `address` says how to get in, too."""

    link: str = ""
    address: str = ""
    room_name: str = ""

    def __bool__(self) -> bool:
        return bool(self.link or self.address or self.room_name)


def place_of(session: GroupSession) -> Place:
    """Reads `session.group` and `session.room`; where no link is typed, asks for the one that was made.

    An address of the session's own comes before that of its room.
    """
    group, room = session.group, session.room
    address = session.address or (room.address if room else "") or group.address
    link = session.link or group.link or (_made_link(session) if group.modality == Modality.VIRTUAL else "")
    return Place(link, address, room.name if room else "")


def _made_link(session: GroupSession) -> str:
    """Of the meeting that the provider made; one that is being moved keeps its address."""
    found = VideoMeeting.objects.filter(session=session.pk).first()
    return str(found.join_url) if found else ""
