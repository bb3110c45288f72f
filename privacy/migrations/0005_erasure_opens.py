"""What an approved erasure lets go: rows that nobody may change otherwise ask `privacy_is_being_erased`.

Whoever judges does so for every account of the person. An erasure without two people is only ever written by the
owner of the tables, who carries out again what the ledger says after a restore (`manage.py replay_erasures`).
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION privacy_is_being_erased(account uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM privacy_erasure WHERE state = 'approved' AND (person = account OR account = ANY (also))
    )
$$;
CREATE OR REPLACE FUNCTION privacy_judge_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM psp_user WHERE id = NEW.person_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM privacy_erasure WHERE state IN ('approved', 'done')
               AND (person = NEW.person_id OR NEW.person_id = ANY (also))) THEN
        RAISE EXCEPTION 'the erasure of this person was approved'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hold_before_erasure';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION privacy_judge_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what was decided stays recorded'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erasure_stays';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.state IN ('done', 'stopped') OR NEW.person <> OLD.person
            OR (OLD.state = 'approved' AND (NEW.state <> 'done' OR NEW.also <> OLD.also))) THEN
        RAISE EXCEPTION 'what was decided stays as it was decided'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erasure_stays';
    END IF;
    IF NEW.replayed_at IS NOT NULL THEN
        IF NOT (SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class WHERE oid = TG_RELID) THEN
            RAISE EXCEPTION 'only the owner carries out again what the ledger says'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erasure_replayed_by_owner';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state = 'approved' THEN
        PERFORM FROM psp_user WHERE id = NEW.person OR id = ANY (NEW.also) ORDER BY id FOR NO KEY UPDATE;
        IF EXISTS (SELECT FROM privacy_hold WHERE closed_at IS NULL
                   AND (person_id = NEW.person OR person_id = ANY (NEW.also))) THEN
            RAISE EXCEPTION 'a hold stands'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erasure_held';
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""
BACKWARD = "DROP FUNCTION privacy_is_being_erased(uuid);"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_erasures_of_several_accounts")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
