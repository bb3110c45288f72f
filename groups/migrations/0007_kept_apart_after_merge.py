"""A place that changes hands when two files become one is judged as a new one: the person who has it may be another's danger.

Groups that have ended are left alone: nobody meets there any more, and the history must stay movable.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION group_kept_apart_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changes_hands boolean := TG_OP = 'UPDATE' AND OLD.state = 'member' AND OLD.participant_id <> NEW.participant_id;
BEGIN
    IF NEW.state <> 'member' OR (TG_OP = 'UPDATE' AND OLD.state = 'member' AND NOT changes_hands) THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM groups_peergroup WHERE id = NEW.group_id FOR UPDATE;
    IF changes_hands AND EXISTS (
        SELECT 1 FROM groups_peergroup WHERE id = NEW.group_id AND state IN ('completed', 'cancelled')
    ) THEN
        RETURN NEW;
    END IF;
    IF group_has_kept_apart(
        NEW.group_id, (SELECT user_id FROM intake_participant WHERE id = NEW.participant_id), true
    ) THEN
        RAISE EXCEPTION 'not in this group' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_kept_apart';
    END IF;
    RETURN NEW;
END $$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION group_kept_apart_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'member' OR (TG_OP = 'UPDATE' AND OLD.state = 'member') THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM groups_peergroup WHERE id = NEW.group_id FOR UPDATE;
    IF group_has_kept_apart(
        NEW.group_id, (SELECT user_id FROM intake_participant WHERE id = NEW.participant_id), true
    ) THEN
        RAISE EXCEPTION 'not in this group' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_kept_apart';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0006_kept_apart"), ("intake", "0013_keep_apart")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
