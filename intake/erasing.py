"""What goes with a person: their file and all that hangs on it, also what others noted about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.models import (
    Application,
    BookingTerms,
    DayException,
    IntakeMeeting,
    KeepApart,
    MeetingNotes,
    MeetingWish,
    NameKey,
    NameMatch,
    Participant,
    Preferences,
    WaitingPlace,
    WeeklyHours,
)
from intake.models_desk import DifferentPeople, Merge
from intake.models_drafts import AddressCode, Draft
from privacy.erasing import (
    Eraser,
    add_closer,
    add_eraser,
    add_identities,
    add_objection,
    delete_rows,
    forget_history,
    forget_past,
)
from psp.crypto import keyring
from psp.crypto.fields import digest_for
from psp.models import User, new_reference

# Acts on several people keep the ids of applications, and nothing else about anybody.
FORGET_ACTS = "UPDATE intake_bulkact SET done = done - %s::text[] WHERE done ?| %s::text[]"

_keeping: list[Callable[[], QuerySet[Any]]] = []


def keep_empty_file(points_at: Callable[[], QuerySet[Any]]) -> None:
    """Apps above: an emptied file stays while this query, one column of files, names it."""
    _keeping.append(points_at)


def identities(person: User) -> list[UUID]:
    """Every account of the same person: those whose files count with one another."""
    found = {person.pk}
    while True:
        files = Participant.objects.filter(
            Q(user__in=found) | Q(merged_into__user__in=found) | Q(others__user__in=found)
        )
        more = set(files.values_list("user_id", flat=True))
        if more <= found:
            return sorted(found)
        found |= more


def doubt(accounts: list[UUID]) -> str:
    """Files that can be taken apart again may be two people's, and only one of them asked."""
    joined = Merge.objects.standing().filter(Q(kept__user__in=accounts) | Q(merged__user__in=accounts))
    if not joined.filter(final_at__isnull=True).exists():
        return ""
    return _(
        "Files of this person became one less than 30 days ago, and may still be two people’s. Have them taken"
        " apart, or wait until they stay together."
    )


def erase_meetings_and_wishes(person: User) -> Counter[str]:
    done = delete_rows(
        MeetingNotes.objects.filter(Q(person=person) | Q(meeting__application__participant__user=person))
    )
    done += delete_rows(IntakeMeeting.objects.filter(application__participant__user=person))
    return done + delete_rows(MeetingWish.objects.filter(application__participant__user=person))


def erase_applications(person: User) -> Counter[str]:
    done = delete_rows(
        WaitingPlace.objects.filter(Q(participant__user=person) | Q(application__participant__user=person))
    )
    mine = Application.objects.filter(participant__user=person)
    keys = [str(key) for key in mine.values_list("pk", flat=True)]
    with connection.cursor() as cursor:
        cursor.execute(FORGET_ACTS, [keys, keys])
    forget_past(Application, list(mine.values_list("pk", flat=True)))
    return done + delete_rows(mine)


def erase_times(person: User) -> Counter[str]:
    """Of somebody who coordinated: when and how people could meet them."""
    done: Counter[str] = Counter()
    for model in (DayException, WeeklyHours, BookingTerms):
        done += delete_rows(model._default_manager.filter(coordinator=person))
    return done


def erase_apart(person: User) -> Counter[str]:
    """Notes that name the person go on both sides: nobody is left whom the other could meet."""
    pairs = KeepApart.objects.filter(Q(person=person) | Q(other=person))
    done = delete_rows(NameMatch.objects.filter(Q(user=person) | Q(apart__in=pairs)))
    done += delete_rows(NameKey.objects.filter(Q(user=person) | Q(apart__in=pairs)))
    return done + delete_rows(pairs)


def erase_file(person: User) -> Counter[str]:
    """The file itself; an empty one stays where something must go on pointing at it."""
    files = Participant.objects.filter(user=person)
    done = delete_rows(Preferences.objects.filter(Q(person=person) | Q(participant__user=person)))
    done += delete_rows(Merge.objects.filter(Q(kept__user=person) | Q(merged__user=person)))
    done += delete_rows(DifferentPeople.objects.filter(Q(one__user=person) | Q(other__user=person)))
    Participant.objects.filter(merged_into__user=person).update(merged_into=None)
    forget_past(Participant, list(files.values_list("pk", flat=True)))
    kept = files.filter(_kept())
    for file in kept:
        _empty(file)
    done["intake.participant"] += kept.count()
    return done + delete_rows(files.exclude(_kept()))


def _kept() -> Q:
    condition = Q(pk__in=[])
    for points_at in _keeping:
        condition |= Q(pk__in=points_at())
    return condition


def _empty(file: Participant) -> None:
    """Nothing of the person but that there was one."""
    forget_history(Participant, [file.pk])
    Participant.objects.filter(pk=file.pk).update(
        reference=new_reference(),
        modalities=[],
        merged_into=None,
        created_at=timezone.now(),
        emptied_at=timezone.now(),
    )


def forget_drafts(person: User) -> None:
    """Forms saved under the same address, with the keys that they were sealed under. While the address can be read."""
    if not person.sealed_email:
        return
    for model in (Draft, AddressCode):
        rows = model.objects.filter(index=digest_for(model, "index", person.sealed_email))
        keys = list(rows.values_list("pk", flat=True))
        rows.delete()
        for key in keys:
            keyring.destroy(key)


def register() -> None:
    add_identities(identities)
    add_objection(doubt)
    add_closer(lambda person, _by: forget_drafts(person))
    for eraser in (
        Eraser("meetings", frozenset({"intake.meetingnotes", "intake.intakemeeting", "intake.meetingwish"}),
               erase_meetings_and_wishes, order=30),
        Eraser("applications", frozenset({"intake.waitingplace", "intake.application", "intake.bulkact"}),
               erase_applications, order=31),
        Eraser("times", frozenset({"intake.bookingterms", "intake.weeklyhours", "intake.dayexception"}),
               erase_times, order=31),
        Eraser("apart", frozenset({"intake.keepapart", "intake.namekey", "intake.namematch"}), erase_apart, order=32),
        Eraser("file", frozenset({"intake.preferences", "intake.merge", "intake.differentpeople",
                                  "intake.participant"}), erase_file, order=39),
    ):  # fmt: skip
        add_eraser(eraser)
