"""Places that are kept count: members and open invitations together are never more than the group holds.

An answer is final, an invitation stays with whom it is for, nobody is invited into a closed group or beside whom they
must not meet. For every writer, after locking the group's row, so that two at once are one after the other.
"""

from django.db import migrations

FORWARD = """
-- Places that others than this person have or may still say yes to.
CREATE FUNCTION group_places_taken(the_group uuid, the_participant uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT (
        SELECT count(*) FROM groups_membership
        WHERE group_id = the_group AND state = 'member' AND participant_id <> the_participant
    ) + (
        SELECT count(*) FROM groups_invitation
        WHERE group_id = the_group AND state = 'open' AND participant_id <> the_participant
    )
$$;

CREATE OR REPLACE FUNCTION group_has_kept_apart(the_group uuid, account uuid, leads_count boolean) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM intake_keepapart AS apart
        JOIN (
            SELECT person.user_id FROM groups_membership AS member
            JOIN intake_participant AS person ON person.id = member.participant_id
            WHERE member.group_id = the_group AND member.state = 'member'
            UNION ALL
            SELECT lead.user_id FROM groups_grouplead AS lead WHERE lead.group_id = the_group AND leads_count
            UNION ALL
            SELECT person.user_id FROM groups_invitation AS asked
            JOIN intake_participant AS person ON person.id = asked.participant_id
            WHERE asked.group_id = the_group AND asked.state = 'open'
            UNION ALL
            SELECT asked.user_id FROM groups_invitation AS asked
            WHERE asked.group_id = the_group AND asked.state = 'open' AND asked.user_id IS NOT NULL AND leads_count
        ) AS present
        ON (apart.person_id, apart.other_id) IN ((account, present.user_id), (present.user_id, account))
        WHERE apart.ended_at IS NULL
    )
$$;

CREATE FUNCTION group_invitation_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    peer_group groups_peergroup%ROWTYPE;
    account uuid;
    changes_hands boolean := false;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        changes_hands := OLD.participant_id IS DISTINCT FROM NEW.participant_id;
        IF NEW.group_id <> OLD.group_id OR NEW.kind <> OLD.kind OR NEW.user_id IS DISTINCT FROM OLD.user_id
            OR (changes_hands AND NOT coalesce(is_one_person(OLD.participant_id, NEW.participant_id), false)) THEN
            RAISE EXCEPTION 'an invitation is for one person to one group'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invitation_stays_put';
        END IF;
        IF OLD.state <> 'open' AND NEW.state <> OLD.state THEN
            RAISE EXCEPTION 'an answer is final'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invitation_answer_final';
        END IF;
    END IF;
    IF NEW.state <> 'open' OR (TG_OP = 'UPDATE' AND NOT changes_hands) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO peer_group FROM groups_peergroup WHERE id = NEW.group_id FOR UPDATE;
    IF NEW.kind <> peer_group.kind THEN
        RAISE EXCEPTION 'an invitation has the kind of its group'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invitation_kind_of_group';
    END IF;
    IF peer_group.state IN ('completed', 'cancelled') OR (peer_group.kind = 'formal' AND peer_group.state <> 'forming') THEN
        RAISE EXCEPTION 'nobody is invited into a closed group'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invitation_group_open';
    END IF;
    IF NEW.participant_id IS NOT NULL THEN
        IF group_places_taken(NEW.group_id, NEW.participant_id) >= peer_group.max_size THEN
            RAISE EXCEPTION 'no place is left to invite to'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invitation_group_full';
        END IF;
        SELECT user_id INTO account FROM intake_participant WHERE id = NEW.participant_id;
    ELSE
        account := NEW.user_id;
    END IF;
    IF group_has_kept_apart(NEW.group_id, account, NEW.participant_id IS NOT NULL) THEN
        RAISE EXCEPTION 'not in this group' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invitation_kept_apart';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER group_invitation_judge BEFORE INSERT OR UPDATE ON groups_invitation
    FOR EACH ROW EXECUTE FUNCTION group_invitation_judge();

CREATE FUNCTION group_invitations_end_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state
        AND (NEW.state IN ('completed', 'cancelled') OR (NEW.kind = 'formal' AND NEW.state <> 'forming'))
        AND EXISTS (SELECT 1 FROM groups_invitation WHERE group_id = NEW.id AND state = 'open') THEN
        RAISE EXCEPTION 'invitations into this group are still open'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'group_no_open_invitations';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER group_invitations_end_judge BEFORE UPDATE ON groups_peergroup
    FOR EACH ROW EXECUTE FUNCTION group_invitations_end_judge();

CREATE OR REPLACE FUNCTION group_membership_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    peer_group groups_peergroup%ROWTYPE;
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
    IF group_places_taken(NEW.group_id, NEW.participant_id) >= peer_group.max_size THEN
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
DROP TRIGGER group_invitations_end_judge ON groups_peergroup;
DROP FUNCTION group_invitations_end_judge();
DROP TRIGGER group_invitation_judge ON groups_invitation;
DROP FUNCTION group_invitation_judge();
CREATE OR REPLACE FUNCTION group_has_kept_apart(the_group uuid, account uuid, leads_count boolean) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM intake_keepapart AS apart
        JOIN (
            SELECT person.user_id FROM groups_membership AS member
            JOIN intake_participant AS person ON person.id = member.participant_id
            WHERE member.group_id = the_group AND member.state = 'member'
            UNION ALL
            SELECT lead.user_id FROM groups_grouplead AS lead WHERE lead.group_id = the_group AND leads_count
        ) AS present
        ON (apart.person_id, apart.other_id) IN ((account, present.user_id), (present.user_id, account))
        WHERE apart.ended_at IS NULL
    )
$$;
DROP FUNCTION group_places_taken(uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0011_queue_judge")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
