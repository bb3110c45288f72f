"""Whose file a disposal may list, and that nobody who works here is erased; the database is the last judge of both."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION disposal_judge_whose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM privacy_disposalbatch batch JOIN psp_user account ON account.id = NEW.person
                WHERE batch.id = NEW.batch_id
                  AND batch.record_type <> CASE account.kind WHEN 'participant' THEN 'file' ELSE 'team' END) THEN
        RAISE EXCEPTION 'this file goes by another rule' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'disposal_by_its_rule';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disposal_judge_whose BEFORE INSERT ON privacy_disposalitem
    FOR EACH ROW EXECUTE FUNCTION disposal_judge_whose();

CREATE FUNCTION erasure_judge_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.replayed_at IS NULL AND EXISTS (
        SELECT FROM psp_user account WHERE (account.id = NEW.person OR account.id = ANY (NEW.also))
           AND account.kind <> 'participant'
           AND (NEW.cause <> 'retention' OR (account.is_active
                AND EXISTS (SELECT FROM psp_roleassignment held WHERE held.user_id = account.id)))) THEN
        RAISE EXCEPTION 'files of the team go some time after the work ended'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erasure_after_the_work';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER erasure_judge_team BEFORE INSERT ON privacy_erasure
    FOR EACH ROW EXECUTE FUNCTION erasure_judge_team();
"""

BACKWARD = """
DROP TRIGGER erasure_judge_team ON privacy_erasure;
DROP FUNCTION erasure_judge_team();
DROP TRIGGER disposal_judge_whose ON privacy_disposalitem;
DROP FUNCTION disposal_judge_whose();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0014_team_retention")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
