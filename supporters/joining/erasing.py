"""What goes with a person who joined, or who thought of it. Their groups stay; their person does not.

Somebody whom a supporter met as a participant, and who is erased, is nobody in that supporter's ties from then on.
"""

from __future__ import annotations

from collections import Counter

from django.db.models import Q

from privacy.erasing import Eraser, add_eraser, delete_rows
from psp.models import User
from supporters.joining.former import key_of, nobody
from supporters.models import FormerAgreement, FormerTie, Interest, Readiness, Supporter


def erase(person: User) -> Counter[str]:
    """Everything of theirs on either side: the participant's interest, the supporter's way."""
    done: Counter[str] = Counter()
    for rows in (
        Interest.objects.filter(user=person),
        FormerAgreement.objects.filter(Q(user=person) | Q(participant__user=person)),
        Readiness.objects.filter(user=person),
        FormerTie.objects.filter(user=person),
        Supporter.objects.filter(user=person),
    ):
        done += delete_rows(rows)
    _become_nobody(person)
    return done


def _become_nobody(person: User) -> None:
    """The digest of somebody who is gone gives way to one of nobody; how many there are stays alike, and so does how
    many are the own one: those who never took part have one of nobody there too."""
    for pk in FormerTie.objects.filter(key=key_of(person.pk)).values_list("pk", flat=True):
        FormerTie.objects.filter(pk=pk).update(key=nobody())


def register() -> None:
    ours = frozenset({
        "supporters.formeragreement", "supporters.formertie", "supporters.interest", "supporters.readiness",
        "supporters.supporter",
    })  # fmt: skip
    add_eraser(Eraser("joining", ours, erase, order=29))
