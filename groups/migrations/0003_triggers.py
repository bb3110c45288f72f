"""Closed means closed, and full means full, for every writer: service, admin, shell and plain SQL.

Every change of membership locks its group's row first, so that two of them at once are one after the other.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION group_membership_judge() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER group_membership_judge BEFORE INSERT OR UPDATE ON groups_membership
    FOR EACH ROW EXECUTE FUNCTION group_membership_judge();

CREATE FUNCTION group_establishment_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    present integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.kind <> OLD.kind THEN
            RAISE EXCEPTION 'a group keeps its kind'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'group_keeps_kind';
        END IF;
        IF OLD.state <> 'forming' AND NEW.state = 'forming' OR OLD.state IN ('completed', 'cancelled') AND NEW.state <> OLD.state THEN
            RAISE EXCEPTION 'a group never goes back'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'group_never_back';
        END IF;
        IF OLD.state <> 'forming' AND (NEW.max_size <> OLD.max_size OR NEW.min_size <> OLD.min_size) THEN
            RAISE EXCEPTION 'an established group keeps its sizes'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'group_keeps_sizes';
        END IF;
    END IF;
    IF NEW.state = 'established' AND (TG_OP = 'INSERT' OR OLD.state <> 'established') THEN
        SELECT count(*) INTO present FROM groups_membership WHERE group_id = NEW.id AND state = 'member';
        IF present < NEW.min_size THEN
            RAISE EXCEPTION 'too few members to establish the group'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'group_enough_members';
        END IF;
        IF present > NEW.max_size THEN
            RAISE EXCEPTION 'too many members to establish the group'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'membership_group_full';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER group_establishment_judge BEFORE INSERT OR UPDATE ON groups_peergroup
    FOR EACH ROW EXECUTE FUNCTION group_establishment_judge();
"""

BACKWARD = """
DROP TRIGGER group_establishment_judge ON groups_peergroup;
DROP FUNCTION group_establishment_judge();
DROP TRIGGER group_membership_judge ON groups_membership;
DROP FUNCTION group_membership_judge();
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
