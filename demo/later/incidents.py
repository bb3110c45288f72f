"""What was reported lately: one that is worked on, one that is closed with what changes, and a near miss."""

from __future__ import annotations

from datetime import timedelta

from demo.later.team import Team, key
from sessions.models import GroupSession
from supporters.incidents import links
from supporters.incidents.choices import Change, FollowUp, NeedNow
from supporters.incidents.models import Incident, IncidentKind
from supporters.incidents.services import close_incident, report_incident, take_incident
from supporters.incidents.services_steps import add_step, bring_in, do_step, follow_up, take_step


def report(team: Team) -> None:
    worked_on(team)
    closed(team)
    near_miss(team)


def said(team: Team, name: str, kind: str, note: str, needs: tuple[str, ...] = (), *, near: bool = False,
         in_group: bool = True) -> Incident:  # fmt: skip
    """As somebody who leads reports it, of the last session that they led; or of no group, some days before."""
    with team.by(name) as person:
        led = [one.session for one in links.occasions(person) if one.session is not None] if in_group else []
        session = GroupSession.objects.get(pk=led[0]) if led else None
        begun = session.starts_at if session else team.moment(-16, 14)
        return report_incident(
            by=person, sent_key=key("incident", kind, name), kind=IncidentKind.objects.get(pk=kind), needs=needs,
            happened_at=begun + timedelta(minutes=20), note=note, near_miss=near,
            group=session.group_id if session else None, session=session.pk if session else None,
        )  # fmt: skip


def worked_on(team: Team) -> None:
    """The room: a step that is done, and two that are to do."""
    note = "Le son coupe souvent. Le mardi, on peut m’appeler toute la journée."
    found = said(team, "supporter.qc", "place", note, (NeedNow.CALL,))
    with team.by("coordinator.qc") as by:
        take_incident(incident=found, by=by)
        do_step(step=take_step(incident=found, by=by, code="next_place"), by=by)
        take_step(incident=found, by=by, code="mend")
        bring_in(incident=found, by=by, user=team["supervisor"])
        add_step(incident=found, by=by, owner=team["supervisor"], due_on=team.day(5),
                 words="Prêter un casque d’écoute")  # fmt: skip


def closed(team: Team) -> None:
    """The role and its limits: talked about, and what changes for everybody is said for the yearly review."""
    found = said(team, "supporter.qc", "limits", "J’aimerais en parler à la prochaine rencontre.", in_group=False)
    with team.by("supervisor") as by:
        take_incident(incident=found, by=by)
        for code in ("call_reporter", "supervision"):
            do_step(step=take_step(incident=found, by=by, code=code), by=by)
        for one in found.people.all():
            follow_up(person=one, by=by, state=FollowUp.TALKED)
        close_incident(
            incident=found, by=by, changes=[Change.TRAINING, Change.SESSIONS],
            words="In the first session, say which messages come to us and not to those who lead.",
        )  # fmt: skip


def near_miss(team: Team) -> None:
    """Nothing got out, and yet one learns from it."""
    found = said(team, "supporter.on", "breach", "Noticed before anybody had joined. Nothing was seen.", near=True)
    with team.by("coordinator.on") as by:
        take_incident(incident=found, by=by)
        step = add_step(
            incident=found, by=by, owner=by, due_on=team.today + timedelta(days=4),
            words="Add “close other windows” to the list before a session",
        )  # fmt: skip
        assert step.pk  # nosec B101
