"""How many applications one network may send in an hour. Counted in PostgreSQL, so it holds across processes.

The address of the network is kept as a keyed digest, for an hour, apart from anything that was sent.
"""

from __future__ import annotations

import ipaddress
import time
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

HOUR = 3600
# A household or a phone has a whole IPv6 network to itself.
IPV6_NETWORK = 64
# A counter among the cache's rows, which `psp.tasks.clear_expired` takes away when it is over. One statement, so that
# two who send at once are two; the cache's own functions would need seven.
COUNT = """
INSERT INTO psp_cache (cache_key, value, expires) VALUES (%s, '1', now() + interval '1 hour')
ON CONFLICT (cache_key) DO UPDATE SET value = (psp_cache.value::int + 1)::text RETURNING value::int
"""


def network_of(request: HttpRequest) -> str:
    """The sender's network: only as many forwarded addresses are believed as there are proxies of our own."""
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    if address.version == 6:
        return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
    return str(address)


def spend(request: HttpRequest, action: str, at_most: int | None = None) -> bool:
    """Count one `action` of this network; False when the hour's allowance is used up. Kept with the transaction."""
    most = settings.PSP_APPLICATIONS_PER_HOUR if at_most is None else at_most
    return _counted(action, network_of(request)) <= most


def spend_for_address(index: str) -> bool:
    """Count one code for the address with this blind index; False when it has had enough of them for an hour.

    Nobody is told so: who else asked with this address is nobody's business ([security] 13).
    """
    return _counted("code_for", index) <= settings.PSP_CODES_PER_HOUR


def spend_for_search(account: UUID) -> bool:
    """Count one look into other regions by this account; False when it has had enough of them for an hour."""
    return _counted("elsewhere", str(account)) <= settings.PSP_SEARCHES_ELSEWHERE_PER_HOUR


def spend_of(action: str, whose: str, at_most: int) -> bool:
    """Count one `action` of somebody or something named in full by `whose`, which is kept as a keyed digest.

    For what comes often and reads only: the transaction does not wait for the disk, because a count that a crash
    takes back harms nobody. Whoever writes something else in it says `wait_for_disk` after that.
    """
    return _counted(action, whose, f"{COUNT.rstrip()}, set_config('synchronous_commit', 'off', true)") <= at_most


def wait_for_disk() -> None:
    """What this transaction has written must outlive a crash, after all."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO on")


def _counted(action: str, whose: str, statement: str = COUNT) -> int:
    """How often this was done in this hour, this time included."""
    digest = salted_hmac("intake.limits", whose, algorithm="sha256").hexdigest()
    hour = int(time.time()) // HOUR
    with connection.cursor() as cursor:
        cursor.execute(statement, [f"intake:{action}:{digest}:{hour}"])
        used: int = cursor.fetchone()[0]
    return used
