"""What the worker does for groups, by itself or for an id."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from groups import forgetting, services_enrolling, services_offers, services_runs


@shared_task(acks_late=True, ignore_result=True)
def offer_next(group_id: str) -> None:
    """Right after a place became free; beat's sweep offers it if this never runs."""
    services_enrolling.offer_next(UUID(group_id))


@shared_task(acks_late=True, ignore_result=True)
def offer_places() -> None:
    """By beat: free places of open groups to whoever is next in line."""
    services_enrolling.offer_everywhere(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def run_formation(run_id: str) -> None:
    """Right after a search was asked for; beat's sweep hands it over again if this never runs."""
    from groups.forming_run import carry_out  # the solver is loaded where groups are formed, and nowhere else

    carry_out(UUID(run_id))


@shared_task(acks_late=True, ignore_result=True)
def mend_runs() -> None:
    """Every minute, by beat: searches whose worker is gone are marked, and those that nobody took are handed over."""
    services_runs.lose_silent(timezone.now())
    services_runs.hand_over_again(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def mind_invitations() -> None:
    """By beat: what was not answered in time ends, is reminded of before, and its place goes to the next."""
    services_offers.mind(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def forget_formings() -> None:
    """Every night, by beat: groups that were thought of and that nobody works on any more."""
    forgetting.forget_formings(timezone.now())
