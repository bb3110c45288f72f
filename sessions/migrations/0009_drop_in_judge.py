"""A code opens the door of an informal group only, and never of a full room. For every writer, after locking the
group's row; whom somebody would meet is judged where attendance is written (`attendance_kept_apart`)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION drop_in_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_group groups_peergroup%ROWTYPE;
    taken integer;
BEGIN
    IF NEW.state <> 'added' OR (TG_OP = 'UPDATE' AND OLD.state = 'added') THEN
        RETURN NEW;
    END IF;
    SELECT groups_peergroup.* INTO the_group FROM groups_peergroup
      JOIN peer_sessions_groupsession AS session ON session.group_id = groups_peergroup.id
     WHERE session.id = NEW.session_id FOR UPDATE OF groups_peergroup;
    IF the_group.kind <> 'informal' THEN
        RAISE EXCEPTION 'only informal groups' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'drop_in_informal';
    END IF;
    SELECT (SELECT count(*) FROM groups_membership
             WHERE group_id = the_group.id AND state = 'member')
         + (SELECT count(*) FROM groups_invitation
             WHERE group_id = the_group.id AND state = 'open' AND participant_id IS NOT NULL)
         + (SELECT count(*) FROM peer_sessions_attendance AS there
             WHERE there.session_id = NEW.session_id AND there.status IN ('present', 'left_early')
               AND there.participant_id <> NEW.participant_id
               AND NOT EXISTS (SELECT 1 FROM groups_membership AS place
                                WHERE place.group_id = the_group.id AND place.state = 'member'
                                  AND place.participant_id = there.participant_id))
      INTO taken;
    IF taken >= the_group.max_size THEN
        RAISE EXCEPTION 'the room is full' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'drop_in_room';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drop_in_judge BEFORE INSERT OR UPDATE OF state ON peer_sessions_dropin
    FOR EACH ROW EXECUTE FUNCTION drop_in_judge();
"""

BACKWARD = """
DROP TRIGGER drop_in_judge ON peer_sessions_dropin;
DROP FUNCTION drop_in_judge();
"""


class Migration(migrations.Migration):
    dependencies = [("peer_sessions", "0008_after_the_session"), ("groups", "0012_invitation_judge")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
