"""A place still belongs to one person in one group; it follows them when two of their files become one, or two again.

Only a row of intake_merge opens that way: from the merged file to the one kept, and back once it is undone.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION is_one_person(before uuid, after uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM intake_merge
        WHERE (undone_at IS NULL AND final_at IS NULL AND merged_id = before AND kept_id = after)
           OR (undone_at IS NOT NULL AND kept_id = before AND merged_id = after)
    )
$$;
CREATE OR REPLACE FUNCTION group_membership_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    peer_group groups_peergroup%ROWTYPE;
    others integer;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.group_id <> OLD.group_id OR NEW.participant_id <> OLD.participant_id
        AND NOT is_one_person(OLD.participant_id, NEW.participant_id)) THEN
        RAISE EXCEPTION 'a place belongs to one person in one group'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_stays_put';
    END IF;
    IF NEW.state <> 'member' OR (TG_OP = 'UPDATE' AND OLD.state = 'member') THEN
        RETURN NEW;
    END IF;
    SELECT * INTO peer_group FROM groups_peergroup WHERE id = NEW.group_id FOR UPDATE;
    IF peer_group.state IN ('completed', 'cancelled') OR (peer_group.kind = 'formal' AND peer_group.state <> 'forming') THEN
        RAISE EXCEPTION 'nobody joins a closed group'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_group_open';
    END IF;
    SELECT count(*) INTO others FROM groups_membership
        WHERE group_id = NEW.group_id AND state = 'member' AND id <> NEW.id;
    IF others >= peer_group.max_size THEN
        RAISE EXCEPTION 'the group is full'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_group_full';
    END IF;
    RETURN NEW;
END $$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION group_membership_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    peer_group groups_peergroup%ROWTYPE;
    others integer;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.group_id <> OLD.group_id OR NEW.participant_id <> OLD.participant_id) THEN
        RAISE EXCEPTION 'a place belongs to one person in one group'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_stays_put';
    END IF;
    IF NEW.state <> 'member' OR (TG_OP = 'UPDATE' AND OLD.state = 'member') THEN
        RETURN NEW;
    END IF;
    SELECT * INTO peer_group FROM groups_peergroup WHERE id = NEW.group_id FOR UPDATE;
    IF peer_group.state IN ('completed', 'cancelled') OR (peer_group.kind = 'formal' AND peer_group.state <> 'forming') THEN
        RAISE EXCEPTION 'nobody joins a closed group'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_group_open';
    END IF;
    SELECT count(*) INTO others FROM groups_membership
        WHERE group_id = NEW.group_id AND state = 'member' AND id <> NEW.id;
    IF others >= peer_group.max_size THEN
        RAISE EXCEPTION 'the group is full'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_group_full';
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION is_one_person(uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0003_triggers"), ("intake", "0009_merges")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
