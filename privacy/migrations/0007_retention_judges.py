"""Rules that are published never change; a disposal is carried out by two people who may, and never before its time.

Also tells the access log who may thin it: an approved disposal of the access log, up to its own day; and what stays:
whatever is about somebody whom a hold protects.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION retention_rule_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published retention rule never changes' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'retention_rule_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER retention_rule_frozen BEFORE UPDATE OR DELETE ON privacy_retentionrule
    FOR EACH ROW EXECUTE FUNCTION retention_rule_frozen();

CREATE FUNCTION disposal_judge_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept interval;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.state IN ('done', 'dropped')
            OR (OLD.state = 'approved' AND NEW.state NOT IN ('approved', 'done'))
            OR NEW.rule_id <> OLD.rule_id OR NEW.record_type <> OLD.record_type OR NEW.cutoff <> OLD.cutoff)) THEN
        RAISE EXCEPTION 'what was decided stays as it was decided' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'disposal_stays';
    END IF;
    SELECT make_interval(months => months) INTO kept FROM privacy_retentionrule
      WHERE id = NEW.rule_id AND record_type = NEW.record_type AND published_at IS NOT NULL;
    IF kept IS NULL OR NEW.cutoff > clock_timestamp() - kept THEN
        RAISE EXCEPTION 'its time has not come' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'disposal_too_early';
    END IF;
    IF NEW.state = 'approved' AND (TG_OP = 'INSERT' OR OLD.state <> 'approved') AND 2 > (
        SELECT count(DISTINCT account.id) FROM psp_user account JOIN psp_roleassignment held ON held.user_id = account.id
         WHERE account.id IN (NEW.prepared_by_id, NEW.approved_by_id) AND account.is_active
           AND held.role IN ('privacy_officer', 'administrator')) THEN
        RAISE EXCEPTION 'two people who may have to agree' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'disposal_by_two_who_may';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disposal_judge_batch BEFORE INSERT OR UPDATE OR DELETE ON privacy_disposalbatch
    FOR EACH ROW EXECUTE FUNCTION disposal_judge_batch();

CREATE FUNCTION disposal_judge_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch_state text;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.state <> 'waiting' OR NEW.person <> OLD.person
            OR NEW.batch_id <> OLD.batch_id)) THEN
        RAISE EXCEPTION 'what was decided stays as it was decided' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'disposal_stays';
    END IF;
    SELECT state INTO batch_state FROM privacy_disposalbatch WHERE id = NEW.batch_id;
    IF batch_state IS DISTINCT FROM (CASE TG_OP WHEN 'INSERT' THEN 'proposed' ELSE 'approved' END) THEN
        RAISE EXCEPTION 'nothing joins or leaves a disposal then' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'disposal_item_in_time';
    END IF;
    IF NEW.state = 'disposed' AND EXISTS (
        SELECT FROM privacy_hold WHERE person_id = NEW.person AND closed_at IS NULL) THEN
        RAISE EXCEPTION 'a hold stands' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'disposal_held';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disposal_judge_item BEFORE INSERT OR UPDATE OR DELETE ON privacy_disposalitem
    FOR EACH ROW EXECUTE FUNCTION disposal_judge_item();

CREATE OR REPLACE FUNCTION audit_may_thin(batch uuid, cutoff timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM privacy_disposalbatch found JOIN privacy_retentionrule rule ON rule.id = found.rule_id
         WHERE found.id = audit_may_thin.batch AND found.record_type = 'access_log' AND found.state = 'approved'
           AND audit_may_thin.cutoff <= found.cutoff
           AND found.cutoff <= clock_timestamp() - make_interval(months => rule.months)
    );
END $$;
CREATE OR REPLACE FUNCTION audit_must_keep(person uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN person IS NOT NULL AND EXISTS (
        SELECT FROM privacy_hold held WHERE held.person_id = audit_must_keep.person AND held.closed_at IS NULL
    );
END $$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION audit_must_keep(person uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN false;
END $$;
CREATE OR REPLACE FUNCTION audit_may_thin(batch uuid, cutoff timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN false;
END $$;
DROP TRIGGER disposal_judge_item ON privacy_disposalitem;
DROP FUNCTION disposal_judge_item();
DROP TRIGGER disposal_judge_batch ON privacy_disposalbatch;
DROP FUNCTION disposal_judge_batch();
DROP TRIGGER retention_rule_frozen ON privacy_retentionrule;
DROP FUNCTION retention_rule_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0006_retention"), ("audit", "0003_checkpoints")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
