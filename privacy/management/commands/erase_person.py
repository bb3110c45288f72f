"""`manage.py erase_person ID --by USERNAME`: the two steps that the privacy officers' pages have, one for each call.

The first call, by one person, prepares the erasure that the participant asked for. The second, by another, approves
it and carries it out. Nobody can do both.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from privacy.choices import ErasureState, RequestKind
from privacy.ledger import LedgerBroken
from privacy.management.commands.export_person import person_of
from privacy.models import Erasure, RightsRequest
from privacy.services_erasure import approve_erasure, carry_out, prepare_erasure
from psp.context_vars import actor_id
from psp.errors import DomainError, Forbidden
from psp.models import User


def who_acts(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise CommandError("No active account has this username.", returncode=2)
    return found


class Command(BaseCommand):
    help = "Prepare (first person) or approve and carry out (second person) the erasure that a participant asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", help="the person's reference or account id")
        parser.add_argument("--by", required=True, help="username of the privacy officer or administrator who acts")

    def handle(self, *args: Any, **options: Any) -> None:
        by = who_acts(options["by"])
        actor_id.set(by.pk)
        person = person_of(options["id"])
        try:
            erasure = self.step(person, by)
        except DomainError as error:
            raise CommandError(str(error.message), returncode=2) from error
        except Forbidden as error:
            raise CommandError("This account may not do that, or not twice.", returncode=2) from error
        except (OSError, LedgerBroken) as error:
            raise CommandError(f"Approved, but not carried out: {error}. It is tried again every minute.") from error
        self.stdout.write(f"{erasure.reference} {erasure.state}")

    def step(self, person: User, by: User) -> Erasure:
        standing = Erasure.objects.standing().of_person(person).first()
        if standing is None:
            request = RightsRequest.objects.filter(person=person, kind=RequestKind.ERASURE).open().first()
            if request is None:
                raise CommandError(
                    "This person did not ask for deletion. Without that the two years hold.", returncode=2
                )
            return prepare_erasure(request=request, by=by)
        if standing.state == ErasureState.PREPARED:
            with transaction.atomic():
                approve_erasure(erasure=standing, by=by)
        return carry_out(standing.pk)
