"""A hold and an erasure at once: whichever was first stands, for every writer. Both lock the account's row.

What was decided never changes: an erasure that was approved is only ever carried out, and stays recorded.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION privacy_judge_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM psp_user WHERE id = NEW.person_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM privacy_erasure WHERE person = NEW.person_id AND state IN ('approved', 'done')) THEN
        RAISE EXCEPTION 'the erasure of this person was approved'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hold_before_erasure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER privacy_judge_hold BEFORE INSERT ON privacy_hold
    FOR EACH ROW EXECUTE FUNCTION privacy_judge_hold();

CREATE FUNCTION privacy_judge_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what was decided stays recorded'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erasure_stays';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.state IN ('done', 'stopped') OR NEW.person <> OLD.person
            OR (OLD.state = 'approved' AND NEW.state <> 'done')) THEN
        RAISE EXCEPTION 'what was decided stays as it was decided'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erasure_stays';
    END IF;
    IF NEW.state = 'approved' THEN
        PERFORM FROM psp_user WHERE id = NEW.person FOR NO KEY UPDATE;
        IF EXISTS (SELECT FROM privacy_hold WHERE person_id = NEW.person AND closed_at IS NULL) THEN
            RAISE EXCEPTION 'a hold stands'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erasure_held';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER privacy_judge_erasure BEFORE INSERT OR UPDATE OR DELETE ON privacy_erasure
    FOR EACH ROW EXECUTE FUNCTION privacy_judge_erasure();
"""
BACKWARD = """
DROP TRIGGER privacy_judge_erasure ON privacy_erasure;
DROP FUNCTION privacy_judge_erasure();
DROP TRIGGER privacy_judge_hold ON privacy_hold;
DROP FUNCTION privacy_judge_hold();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_holds_and_erasures")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
