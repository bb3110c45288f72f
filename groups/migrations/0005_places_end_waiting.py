"""Whoever has a place in a group of a kind does not wait for that kind."""

from django.db import migrations

FORWARD = """
WITH placed AS (
    UPDATE intake_waitingplace AS place SET state = 'placed'
    FROM groups_membership AS member JOIN groups_peergroup AS peer_group ON peer_group.id = member.group_id
    WHERE member.participant_id = place.participant_id AND member.state = 'member'
        AND peer_group.kind = place.service AND peer_group.state <> 'cancelled' AND place.state = 'waiting'
    RETURNING place.id, place.participant_id, place.application_id, place.service, place.since, place.state,
        place.priority
)
INSERT INTO intake_historicalwaitingplace
    (id, participant_id, application_id, service, since, state, priority, history_date, history_type)
SELECT id, participant_id, application_id, service, since, state, priority, now(), '~' FROM placed;
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0004_places_follow_merges"), ("intake", "0012_fill_waiting_list")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
