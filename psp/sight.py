"""The one place that answers "what may this account see".

Every `visible_to(user)` in the project starts here. Roles are read once per request and account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psp.choices import Role


@dataclass(frozen=True, slots=True)
class Sight:
    """`grants`: role → codes of program regions; None among them means the whole program."""

    grants: dict[str, frozenset[str | None]]

    def has(self, *roles: str) -> bool:
        return any(role in self.grants for role in roles)

    def regions(self, role: str) -> frozenset[str]:
        """Codes of the program regions in which the role holds. Empty for a role without region."""
        return frozenset(code for code in self.grants.get(role, ()) if code is not None)


NOTHING = Sight({})


def sight_of(user: Any) -> Sight:
    """Roles and regions of an account; nothing for visitors and for closed accounts."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOTHING
    cached: Sight | None = getattr(user, "_sight", None)
    return cached or remember(user, user.roles.values_list("role", "region_id"))


def remember(user: Any, roles: Iterable[tuple[str, str | None]]) -> Sight:
    """Keep (role, region) pairs that were just read with the account, for as long as this instance lives."""
    grants: dict[str, set[str | None]] = {}
    for role, region in roles:
        grants.setdefault(role, set()).add(region)
    user._sight = found = Sight({role: frozenset(codes) for role, codes in grants.items()})
    return found


def is_coordinator(user: Any) -> bool:
    return sight_of(user).has(Role.COORDINATOR)


def coordinated_regions(user: Any) -> frozenset[str]:
    """Program regions whose files this account may open."""
    return sight_of(user).regions(Role.COORDINATOR)
