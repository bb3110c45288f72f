"""Who waits in line waits for an open kind of group that still runs, and nobody slips back into a line or into another's place."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION group_queue_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    peer_group groups_peergroup%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.group_id <> OLD.group_id OR NEW.participant_id <> OLD.participant_id
            AND NOT is_one_person(OLD.participant_id, NEW.participant_id) THEN
            RAISE EXCEPTION 'a place in line belongs to one person'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'queue_stays_put';
        END IF;
        IF OLD.state IN ('placed', 'ended') AND NEW.state IN ('waiting', 'offered')
            OR OLD.state = 'ended' AND NEW.state <> 'ended' OR OLD.state = 'offered' AND NEW.state = 'waiting' THEN
            RAISE EXCEPTION 'nobody slips back into a line'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'queue_never_back';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state NOT IN ('waiting', 'offered') THEN
        RETURN NEW;
    END IF;
    SELECT * INTO peer_group FROM groups_peergroup WHERE id = NEW.group_id FOR UPDATE;
    IF peer_group.kind = 'formal' OR peer_group.state IN ('completed', 'cancelled') THEN
        RAISE EXCEPTION 'nobody waits in line for this group'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'queue_group_open';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER group_queue_judge BEFORE INSERT OR UPDATE ON groups_queueplace
    FOR EACH ROW EXECUTE FUNCTION group_queue_judge();
"""

BACKWARD = """
DROP TRIGGER group_queue_judge ON groups_queueplace;
DROP FUNCTION group_queue_judge();
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0010_conflict_care")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
