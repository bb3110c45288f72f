"""The same figures counted another way: plain rows by hand-written SQL, added up in Python. Shares nothing with
`reporting`: own joins, own consent, own clocks, no GROUP BY."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from django.db import connection

AGREED = """EXISTS (SELECT FROM consent_consent c LEFT JOIN consent_withdrawal w ON w.consent_id = c.id
             WHERE c.person_id = p.user_id AND c.purpose = 'results' AND w.id IS NULL)"""
PERSON = "JOIN intake_participant p ON p.id = {row}.participant_id JOIN psp_user u ON u.id = p.user_id"
PROGRAM = "(({moment}) AT TIME ZONE 'America/Toronto')::date >= %(first)s AND (({moment}) AT TIME ZONE 'America/Toronto')::date < %(after)s"  # noqa: E501
CLOCK = "(({moment}) AT TIME ZONE g.time_zone)::date >= %(first)s AND (({moment}) AT TIME ZONE g.time_zone)::date < %(after)s"  # noqa: E501
LINK = """CASE WHEN {row}.answers ->> 'affiliation' IN ('current_caf_member', 'former_caf_member', 'veteran',
          'dnd_public_servant', 'cadet', 'junior_ranger', 'family_member', 'none_of_these')
          THEN {row}.answers ->> 'affiliation' ELSE 'unknown' END"""
WEEKS = "floor(greatest(extract(epoch FROM ({end}) - ({begin})), 0) / 604800)::int + 1"


@dataclass(frozen=True)
class Truth:
    """`count`, `people`, `median`, `p90` of the rows of one cell."""

    count: int
    people: int
    median: float | None = None
    p90: float | None = None


Rows = list[dict[str, Any]]


def ask(sql: str, first: date, after: date) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"first": first, "after": after})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


APPLICATIONS = f"""
    SELECT p.program_region_id AS region, u.language, {LINK.format(row="a")} AS affiliation, s.service,
           a.id AS thing, p.id AS who
    FROM intake_application a {PERSON.format(row="a")}, LATERAL unnest(a.services) AS s (service)
    WHERE {AGREED} AND {PROGRAM.format(moment="a.submitted_at")}"""
DECISIONS = f"""
    SELECT p.program_region_id AS region, u.language, {LINK.format(row="a")} AS affiliation, a.id AS thing, p.id AS who,
           CASE WHEN a.state IN ('accepted', 'deferred', 'referred', 'declined') THEN a.state
                WHEN cardinality(a.accepted_for) > 0 THEN 'accepted' ELSE 'deferred' END AS outcome,
           coalesce((SELECT r.code FROM intake_referral r WHERE r.code = n.named), 'other') AS referred_to,
           {WEEKS.format(begin="a.submitted_at", end="a.decided_at")} AS weeks
    FROM intake_application a {PERSON.format(row="a")}
    LEFT JOIN LATERAL unnest(a.referred_to) AS n (named) ON true
    WHERE {AGREED} AND a.decided_at IS NOT NULL AND {PROGRAM.format(moment="a.decided_at")}"""
FIRST_MEETINGS = f"""
    SELECT p.program_region_id AS region, u.language, a.id AS thing, p.id AS who,
           {WEEKS.format(begin="a.submitted_at", end="m.met")} AS weeks
    FROM (SELECT application_id, min(starts_at) AS met FROM intake_intakemeeting WHERE state = 'held' GROUP BY 1) m
    JOIN intake_application a ON a.id = m.application_id {PERSON.format(row="a")}
    WHERE {AGREED} AND {PROGRAM.format(moment="m.met")}"""
JOINED = """(SELECT min(m.joined_at) FROM groups_membership m JOIN groups_peergroup g ON g.id = m.group_id
             WHERE m.participant_id = w.participant_id AND g.kind = w.service AND g.state <> 'cancelled'
               AND m.joined_at >= a.decided_at)"""
PLACES = f"""
    SELECT p.program_region_id AS region, u.language, w.service, w.id AS thing, p.id AS who,
           {WEEKS.format(begin="a.decided_at", end=JOINED)} AS weeks
    FROM intake_waitingplace w JOIN intake_application a ON a.id = w.application_id {PERSON.format(row="w")}
    WHERE {AGREED} AND {PROGRAM.format(moment=JOINED)}"""
WAITING = f"""
    SELECT p.program_region_id AS region, u.language, w.service, w.id AS thing, p.id AS who
    FROM intake_waitingplace w JOIN intake_application a ON a.id = w.application_id {PERSON.format(row="w")}
    WHERE {AGREED} AND a.decided_at < %(after)s::timestamp AT TIME ZONE 'America/Toronto'
      AND %(first)s::date IS NOT NULL
      AND NOT EXISTS (SELECT FROM groups_membership m JOIN groups_peergroup g ON g.id = m.group_id
            WHERE m.participant_id = w.participant_id AND g.kind = w.service AND g.state <> 'cancelled'
              AND m.joined_at >= a.decided_at AND m.joined_at < %(after)s::timestamp AT TIME ZONE 'America/Toronto'
              AND coalesce(m.left_at, 'infinity') >= %(after)s::timestamp AT TIME ZONE 'America/Toronto')
      AND NOT (w.state = 'ended' AND coalesce(
            (SELECT min(h.history_date) FROM intake_historicalwaitingplace h WHERE h.id = w.id AND h.state = 'ended'),
            a.decided_at) < %(after)s::timestamp AT TIME ZONE 'America/Toronto')"""
VISITS = f"""
    SELECT p.program_region_id AS region, u.language, g.kind, g.modality, x.status, x.id AS thing, p.id AS who,
           coalesce((SELECT {LINK.format(row="a")} FROM intake_application a WHERE a.participant_id = p.id
                     ORDER BY a.submitted_at DESC LIMIT 1), 'unknown') AS affiliation
    FROM peer_sessions_attendance x JOIN peer_sessions_groupsession s ON s.id = x.session_id
    JOIN groups_peergroup g ON g.id = s.group_id {PERSON.format(row="x")}
    WHERE {AGREED} AND s.state = 'held' AND {CLOCK.format(moment="s.starts_at")}"""
SESSIONS = f"""
    SELECT g.program_region_id AS region, g.language, g.kind, g.modality, s.state AS took_place, s.id AS thing,
           s.id AS who
    FROM peer_sessions_groupsession s JOIN groups_peergroup g ON g.id = s.group_id
    WHERE s.state <> 'scheduled' AND {CLOCK.format(moment="s.starts_at")}"""
GROUPS = f"""
    SELECT g.program_region_id AS region, g.language, g.kind, g.modality, g.id AS thing, g.id AS who
    FROM groups_peergroup g WHERE {CLOCK.format(moment="least(g.established_at, g.opened_at)")}"""
FIRST_HELD = "(SELECT min(s.starts_at) FROM peer_sessions_groupsession s WHERE s.group_id = g.id AND s.state = 'held')"
LAST_HELD = FIRST_HELD.replace("min", "max")
ACTIVITIES = f"""
    SELECT g.program_region_id AS region, g.language, g.modality, g.id AS thing, g.id AS who
    FROM groups_peergroup g WHERE g.kind = 'activity' AND {CLOCK.format(moment=FIRST_HELD)}"""
COMPLETION = f"""
    SELECT p.program_region_id AS region, u.language, g.modality, m.id AS thing, p.id AS who,
           CASE WHEN m.left_at < {LAST_HELD} THEN 'left' ELSE 'stayed' END AS completion
    FROM groups_membership m JOIN groups_peergroup g ON g.id = m.group_id {PERSON.format(row="m")}
    WHERE {AGREED} AND g.kind = 'formal' AND g.state = 'completed' AND {CLOCK.format(moment=LAST_HELD)}
      AND (m.left_at IS NULL OR m.left_at >= {FIRST_HELD})"""
INVITATIONS = f"""
    SELECT p.program_region_id AS region, u.language, g.kind, g.modality, i.state AS answer, i.id AS thing, p.id AS who
    FROM groups_invitation i JOIN groups_peergroup g ON g.id = i.group_id {PERSON.format(row="i")}
    WHERE {AGREED} AND i.state NOT IN ('open', 'taken_back') AND {PROGRAM.format(moment="i.answered_at")}"""
CALLS = f"""
    SELECT p.program_region_id AS region, u.language, f.id AS thing, p.id AS who
    FROM peer_sessions_followupoffer f {PERSON.format(row="f")}
    WHERE {AGREED} AND f.state = 'done' AND {PROGRAM.format(moment="f.finished_at")}"""
SUPPORTERS = """
    WITH care AS (SELECT supervision_days AS days, rhythm_kinds AS kinds FROM supporters_caresetting),
         last AS (SELECT %(after)s::date - 1 AS day, %(first)s::date AS first),
         pair AS (SELECT DISTINCT ON (user_id) user_id, since FROM supporters_pairing, last
                  WHERE since <= day AND (ended_on IS NULL OR ended_on > day) ORDER BY user_id, since DESC),
         met AS (SELECT user_id, max(held_on) AS newest FROM supporters_supervisionmeeting, last, care
                 WHERE kind = ANY (kinds) AND held_on <= day GROUP BY 1)
    SELECT s.program_region_id AS region, u.language, s.user_id AS thing, s.user_id AS who,
           CASE WHEN pair.since IS NULL THEN 'alone'
                WHEN coalesce(met.newest, pair.since) + care.days >= last.day THEN 'in_time' ELSE 'late' END
             AS supervision,
           CASE WHEN (SELECT count(*) FROM supporters_course WHERE needed)
                   = (SELECT count(DISTINCT q.course_id) FROM supporters_qualification q
                      JOIN supporters_course c ON c.code = q.course_id
                      WHERE c.needed AND q.user_id = s.user_id AND q.completed_on <= last.day
                        AND coalesce(q.expires_on, 'infinity') >= last.day)
                THEN 'yes' ELSE 'no' END AS trained
    FROM last, care, supporters_supporter s JOIN psp_user u ON u.id = s.user_id
    LEFT JOIN pair ON pair.user_id = s.user_id LEFT JOIN met ON met.user_id = s.user_id
    WHERE coalesce((SELECT h.state FROM supporters_historicalsupporter h WHERE h.user_id = s.user_id
                      AND h.history_date < %(after)s::timestamp AT TIME ZONE 'America/Toronto'
                    ORDER BY h.history_date DESC LIMIT 1),
                   CASE WHEN s.since < %(after)s::timestamp AT TIME ZONE 'America/Toronto' THEN s.state END) = 'active'
"""
LEADING = f"""
    SELECT s.program_region_id AS region, u.language, s.user_id AS thing, s.user_id AS who
    FROM supporters_supporter s JOIN psp_user u ON u.id = s.user_id
    WHERE s.user_id IN (
        SELECT l.user_id FROM groups_grouplead l JOIN groups_peergroup g ON g.id = l.group_id
        JOIN peer_sessions_groupsession e ON e.group_id = g.id
        WHERE e.state = 'held' AND {CLOCK.format(moment="e.starts_at")}
          AND (e.id, l.user_id) NOT IN (SELECT session_id, lead_id FROM peer_sessions_cover WHERE state <> 'not_needed')
        UNION
        SELECT c.stand_in_id FROM peer_sessions_cover c JOIN peer_sessions_groupsession e ON e.id = c.session_id
        JOIN groups_peergroup g ON g.id = e.group_id
        WHERE c.state = 'taken' AND e.state = 'held' AND {CLOCK.format(moment="e.starts_at")})"""
TRAINING = """
    SELECT s.program_region_id AS region, u.language, q.course_id AS course, q.id AS thing, q.user_id AS who
    FROM supporters_qualification q JOIN supporters_supporter s ON s.user_id = q.user_id
    JOIN psp_user u ON u.id = q.user_id WHERE q.completed_on >= %(first)s AND q.completed_on < %(after)s"""
HOURS = """
    SELECT s.program_region_id AS region, l.kind AS work, to_char(l.day, 'YYYY-MM') AS month, l.minutes,
           l.user_id AS who, l.id AS thing
    FROM supporters_hoursline l JOIN supporters_supporter s ON s.user_id = l.user_id
    WHERE l.role = 'supporter' AND l.state IN ('approved', 'exported')
      AND l.day >= %(first)s AND l.day < %(after)s"""
REGISTRATIONS = """
    SELECT platform.code AS platform, CASE f.region WHEN '' THEN 'unknown' ELSE f.region END AS place, f.registrations
    FROM reporting_platformfigure f JOIN reporting_platform platform ON platform.id = f.platform_id
    WHERE f.month >= %(first)s AND f.month < %(after)s"""


GIVEN = """
    SELECT g.kind_id AS given, g.region_id AS region, g.number, g.people FROM reporting_given g
    WHERE to_char(g.month, 'YYYY-MM-DD') >= %(first)s::text AND to_char(g.month, 'YYYY-MM-DD') < %(after)s::text"""


def given(rows: Rows) -> Truth:
    """In each region at least as many people as in the row with most."""
    most = {row["region"]: max(one["people"] for one in rows if one["region"] == row["region"]) for row in rows}
    return Truth(sum(row["number"] for row in rows), sum(most.values()))


def things(rows: Rows) -> Truth:
    return Truth(len({row["thing"] for row in rows}), len({row["who"] for row in rows}))


def people(rows: Rows) -> Truth:
    here = {row["who"] for row in rows if row.get("status", "present") in ("present", "left_early")}
    return Truth(len(here), len(here))


def waits(rows: Rows) -> Truth:
    """Smallest week that half, and nine in ten, had reached; the latter where at least five people are above it."""
    own = {row["thing"]: row["weeks"] for row in rows}
    weeks, crowd = sorted(own.values()), len({row["who"] for row in rows})
    if not weeks:
        return Truth(0, 0)
    ninth = math.ceil(0.9 * len(weeks))
    p90 = float(weeks[ninth - 1]) if crowd - ninth >= 5 else None
    return Truth(len(weeks), crowd, float(weeks[math.ceil(len(weeks) / 2) - 1]), p90)


def hours(rows: Rows) -> Truth:
    cells: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = (row["month"], row["region"], row["work"])
        cells[key] = cells.get(key, 0) + row["minutes"]
    # Half an hour is rounded up, as PostgreSQL does.
    return Truth(sum(max(0, (minutes + 30) // 60) for minutes in cells.values()), len({row["who"] for row in rows}))


def registrations(rows: Rows) -> Truth:
    number = sum(row["registrations"] for row in rows)
    return Truth(number, number)


TRUTHS: dict[str, tuple[str, Callable[[Rows], Truth]]] = {
    "applications": (APPLICATIONS, things), "decisions": (DECISIONS, waits), "first_meetings": (FIRST_MEETINGS, waits),
    "places_given": (PLACES, waits), "waiting": (WAITING, things), "people": (VISITS, people),
    "attendances": (VISITS, things), "sessions": (SESSIONS, things), "groups": (GROUPS, things),
    "activities": (ACTIVITIES, things), "completion": (COMPLETION, things), "invitations": (INVITATIONS, things),
    "follow_up_calls": (CALLS, things), "supporters": (SUPPORTERS, things), "leading": (LEADING, things),
    "training": (TRAINING, things), "hours": (HOURS, hours), "given": (GIVEN, given),
    "registrations": (REGISTRATIONS, registrations),
}  # fmt: skip


def cells(rows: Rows, names: Sequence[str], count: Callable[[Rows], Truth]) -> Iterator[tuple[tuple[str, ...], Truth]]:
    """Every cell and margin of a breakdown that anything is in."""
    for keep in product((True, False), repeat=len(names)):
        found: dict[tuple[str, ...], Rows] = {}
        for row in rows:
            key = tuple(str(row[name]) if kept else "*" for name, kept in zip(names, keep, strict=True))
            found.setdefault(key, []).append(row)
        yield from ((key, count(inside)) for key, inside in found.items())
