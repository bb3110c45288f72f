"""What the worker does for those who lead and those who join, by itself."""

from celery import shared_task
from django.utils import timezone

from supporters.hours import pay_names
from supporters.incidents import of_person as incidents_of_person
from supporters.joining import services_opening
from supporters.may_lead import services as services_may_lead
from supporters.network import services as services_network
from supporters.supervision import services_talks
from supporters.training import notices as notices_training
from supporters.training import services_evaluation
from supporters.wellbeing import forgetting as forgetting_wellbeing


@shared_task(acks_late=True, ignore_result=True)
def forget_incidents() -> None:
    """Every night, by beat: reports that were closed long ago, and what was learned from them still longer ago."""
    incidents_of_person.forget(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def open_accounts() -> None:
    """Every hour, by beat: accounts of those whose interest was taken up."""
    services_opening.open_accounts(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def forget_noted() -> None:
    """Every night, by beat: interests of people from outside that nobody took up."""
    services_opening.forget_noted(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def forget_wellbeing() -> None:
    """Every night, by beat: months that are over are counted, then old check-ins and pauses go."""
    forgetting_wellbeing.forget(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def widen_talks() -> None:
    """Every minute, by beat: a talk that nobody took in time goes to all supervisors."""
    services_talks.widen(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def forget_talks() -> None:
    """Every night, by beat."""
    services_talks.forget(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def forget_wishes() -> None:
    """Every night, by beat: wishes to be put in touch that stand no more."""
    services_network.forget_wishes(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def forget_pay_names() -> None:
    """Every night, by beat: how pay knew those who were erased, once they are paid."""
    pay_names.forget_names(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def check_morning() -> None:
    """Each morning, by beat: who leads in the next 14 days and may not. Nobody is removed by it."""
    services_may_lead.check_morning(timezone.now())
    services_may_lead.forget(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def tell_ending() -> None:
    """Every morning, by beat: what somebody learned and is to be renewed soon, once for each."""
    notices_training.tell_ending(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def open_evaluations() -> None:
    """Every hour, by beat: cohorts are asked what the training is like for them."""
    services_evaluation.open_boxes(timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def tend_evaluations() -> None:
    """Every night, by beat."""
    services_evaluation.tend_boxes(timezone.now())
