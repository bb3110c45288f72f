"""Whoever comes to a session without a place in its group meets nobody whom they must not meet ([NH] rule 24).

For every writer, after locking the group's row. A member's place was judged when it was given; that they were there is
then a fact, and a pair that was noted later is a task (`groups.conflicts`).
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION attendance_kept_apart_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_group uuid;
    account uuid;
BEGIN
    IF NEW.status NOT IN ('present', 'left_early') THEN
        RETURN NEW;
    END IF;
    SELECT group_id INTO the_group FROM peer_sessions_groupsession WHERE id = NEW.session_id;
    IF EXISTS (
        SELECT 1 FROM groups_membership WHERE group_id = the_group AND participant_id = NEW.participant_id
    ) THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM groups_peergroup WHERE id = the_group FOR UPDATE;
    SELECT user_id INTO account FROM intake_participant WHERE id = NEW.participant_id;
    IF group_has_kept_apart(the_group, account, true) OR EXISTS (
        SELECT 1 FROM peer_sessions_attendance AS other
        JOIN intake_participant AS person ON person.id = other.participant_id
        JOIN intake_keepapart AS apart
          ON (apart.person_id, apart.other_id) IN ((account, person.user_id), (person.user_id, account))
        WHERE other.session_id = NEW.session_id AND other.status IN ('present', 'left_early')
          AND apart.ended_at IS NULL
    ) THEN
        RAISE EXCEPTION 'not at this session'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attendance_kept_apart';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attendance_kept_apart_judge BEFORE INSERT OR UPDATE OF status ON peer_sessions_attendance
    FOR EACH ROW EXECUTE FUNCTION attendance_kept_apart_judge();
"""

BACKWARD = """
DROP TRIGGER attendance_kept_apart_judge ON peer_sessions_attendance;
DROP FUNCTION attendance_kept_apart_judge();
"""


class Migration(migrations.Migration):
    dependencies = [("peer_sessions", "0004_coming"), ("groups", "0012_invitation_judge")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
