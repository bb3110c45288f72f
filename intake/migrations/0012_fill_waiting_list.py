"""Everybody who is accepted waits, from the day that they applied. Whoever has a place already is noted in groups."""

from django.db import migrations

FORWARD = """
INSERT INTO intake_waitingplace (id, participant_id, application_id, service, since, state, priority)
SELECT gen_random_uuid(), participant_id, id, service, submitted_at, 'waiting', ''
FROM (
    SELECT DISTINCT ON (participant_id, service) participant_id, id, service, submitted_at
    FROM intake_application, unnest(accepted_for) AS service
    WHERE state = 'accepted' ORDER BY participant_id, service, submitted_at DESC
) AS accepted;
INSERT INTO intake_historicalwaitingplace
    (id, participant_id, application_id, service, since, state, priority, history_date, history_type)
SELECT id, participant_id, application_id, service, since, state, priority, now(), '+' FROM intake_waitingplace;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0011_waiting_list")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
