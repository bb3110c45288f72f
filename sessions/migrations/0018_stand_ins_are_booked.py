"""Whoever stands in for a session is taken by it, as if they led the group for that session alone."""

from django.db import migrations

WANTED = """
CREATE OR REPLACE FUNCTION booking_wanted(the_groups uuid[])
RETURNS TABLE (group_id uuid, holder uuid, during tstzmultirange) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    WITH planned AS (
        SELECT s.id, s.group_id, s.room_id, tstzrange(s.starts_at, s.ends_at) AS span
          FROM peer_sessions_groupsession s
         WHERE s.group_id = ANY (the_groups) AND s.state = 'scheduled' AND s.ends_at > now()
    ), whole AS (
        SELECT planned.group_id, range_agg(span) AS during FROM planned GROUP BY planned.group_id
    )
    SELECT whole.group_id, person.user_id, whole.during
      FROM whole JOIN groups_membership place ON place.group_id = whole.group_id AND place.state = 'member'
      JOIN intake_participant person ON person.id = place.participant_id
    UNION
    SELECT whole.group_id, lead.user_id, whole.during
      FROM whole JOIN groups_grouplead lead ON lead.group_id = whole.group_id
    {stand_ins}
    UNION ALL
    SELECT planned.group_id, planned.room_id, range_agg(span)
      FROM planned WHERE planned.room_id IS NOT NULL GROUP BY planned.group_id, planned.room_id
$$;
"""
# Whoever leads the whole group or belongs to it is there already: one row for each holder of a group.
STAND_INS = """
    UNION ALL
    SELECT planned.group_id, cover.stand_in_id, range_agg(span)
      FROM planned JOIN peer_sessions_cover cover ON cover.session_id = planned.id AND cover.state = 'taken'
     WHERE NOT EXISTS (SELECT FROM groups_grouplead lead
                        WHERE lead.group_id = planned.group_id AND lead.user_id = cover.stand_in_id)
       AND NOT EXISTS (SELECT FROM groups_membership place JOIN intake_participant person
                           ON person.id = place.participant_id
                        WHERE place.group_id = planned.group_id AND place.state = 'member'
                          AND person.user_id = cover.stand_in_id)
     GROUP BY planned.group_id, cover.stand_in_id
"""
FOLLOW = """
CREATE FUNCTION booking_follows_cover() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM booking_refresh(ARRAY(
            SELECT group_id FROM peer_sessions_groupsession WHERE id = OLD.session_id AND OLD.state = 'taken'));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM booking_refresh(ARRAY(
            SELECT group_id FROM peer_sessions_groupsession WHERE id = NEW.session_id AND NEW.state = 'taken'));
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION booking_follows_cover() FROM PUBLIC;
CREATE TRIGGER booking_follows_cover AFTER INSERT OR UPDATE OR DELETE ON peer_sessions_cover
    FOR EACH ROW EXECUTE FUNCTION booking_follows_cover();
"""
UNFOLLOW = """
DROP TRIGGER booking_follows_cover ON peer_sessions_cover;
DROP FUNCTION booking_follows_cover();
"""


class Migration(migrations.Migration):
    dependencies = [("peer_sessions", "0017_cover")]
    operations = [
        migrations.RunSQL(WANTED.format(stand_ins=STAND_INS), WANTED.format(stand_ins="")),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
    ]
