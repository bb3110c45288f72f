"""The places of supervisors."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from psp.areas import holds
from psp.choices import Role
from psp.dashboard import Place, add_place
from supporters.for_me import Link, add_link
from supporters.supervision import care_cards
from supporters.supervision import desk as desk_supervision


def register() -> None:
    supervises = holds(Role.SUPERVISOR)
    add_place(Place("care", _("My people"), "heart", "care:home", supervises, order=10))
    # Supervisors are supervised too; whoever leads finds it under "For me".
    add_place(Place("care", _("My own supervision"), "person", "lead:supervision", supervises, order=60))
    hint = _("Who is at your side, the next meeting, a talk now, another supervisor.")
    add_link(Link(_("My supervision"), hint, "lead:supervision", 20, holds(Role.SUPPORTER)))
    care_cards.register()
    desk_supervision.register()
