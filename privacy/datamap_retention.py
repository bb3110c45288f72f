"""What the disposals hold: opaque ids, days and counts, and which members of the team decided."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from privacy.datamap import Basis, Erased, Holding, Use, declare, these

DISPOSAL_STAYS = _("Proof that it went when its time was over, and who agreed to that. It holds numbers and days only")
ABOUT_DISPOSALS = _("It holds a number and days, no word about you")
DISPOSALS = (
    Holding(
        "privacy.disposalitem", "person", "requests", these("id batch person last_use due_on late_on state at"),
        Use.RIGHTS, Basis.RIGHTS, "erasure", Erased.KEPT, not_exported=ABOUT_DISPOSALS, kept_because=DISPOSAL_STAYS,
    ),
    Holding(
        "privacy.disposalbatch", "prepared_by", "team",
        these("id reference rule record_type state as_of cutoff found proposed_at prepared_by prepared_at approved_by"
              " approved_at standing ended_at counts digest"),
        Use.RIGHTS, Basis.RIGHTS, "erasure", Erased.KEPT, not_exported=ABOUT_DISPOSALS, kept_because=DISPOSAL_STAYS,
        also=("approved_by",),
    ),
    Holding(
        "privacy.standingapproval", "first_by", "team",
        these("id rule first_by first_at second_by second_at revoked_by revoked_at"),
        Use.RIGHTS, Basis.RIGHTS, "erasure", Erased.KEPT, not_exported=ABOUT_DISPOSALS, kept_because=DISPOSAL_STAYS,
        also=("second_by", "revoked_by"),
    ),
)  # fmt: skip


def register() -> None:
    declare(*DISPOSALS)
