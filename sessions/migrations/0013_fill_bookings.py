"""Who is taken by the sessions that are planned already.

A group whose people are somewhere else at the same time is left out: it is refused at its next change, in words.
"""

from django.db import migrations

FILL = """
DO $$
DECLARE
    one uuid;
BEGIN
    FOR one IN SELECT DISTINCT group_id FROM peer_sessions_groupsession
                WHERE state = 'scheduled' AND ends_at > now() ORDER BY group_id
    LOOP
        BEGIN
            PERFORM booking_refresh(ARRAY[one]);
        EXCEPTION WHEN exclusion_violation THEN
            RAISE WARNING 'a group has people who are in another one at the same time';
        END;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("peer_sessions", "0012_bookings")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
