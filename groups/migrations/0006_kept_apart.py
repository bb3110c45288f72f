"""Two people who must not meet are never in one group, nor one of them leading the other ([NH] rule 24).

For every writer, and after locking the group's row, so that two of them added at once are one after the other.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION group_has_kept_apart(the_group uuid, account uuid, leads_count boolean) RETURNS boolean
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

CREATE FUNCTION group_kept_apart_judge() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER group_kept_apart_judge BEFORE INSERT OR UPDATE ON groups_membership
    FOR EACH ROW EXECUTE FUNCTION group_kept_apart_judge();

CREATE FUNCTION group_lead_kept_apart_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM groups_peergroup WHERE id = NEW.group_id FOR UPDATE;
    IF group_has_kept_apart(NEW.group_id, NEW.user_id, false) THEN
        RAISE EXCEPTION 'not in this group' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'lead_kept_apart';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER group_lead_kept_apart_judge BEFORE INSERT OR UPDATE ON groups_grouplead
    FOR EACH ROW EXECUTE FUNCTION group_lead_kept_apart_judge();
"""

BACKWARD = """
DROP TRIGGER group_lead_kept_apart_judge ON groups_grouplead;
DROP FUNCTION group_lead_kept_apart_judge();
DROP TRIGGER group_kept_apart_judge ON groups_membership;
DROP FUNCTION group_kept_apart_judge();
DROP FUNCTION group_has_kept_apart(uuid, uuid, boolean);
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0005_places_end_waiting"), ("intake", "0013_keep_apart")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
