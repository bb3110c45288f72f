"""Full means full for every writer, and a cohort that is over stays so: service, admin, shell and plain SQL.

Every change of an enrolment locks its cohort's row first, so that two of them at once are one after the other.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION enrolment_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    cohort supporters_cohort%ROWTYPE;
    others integer;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.cohort_id <> OLD.cohort_id OR NEW.user_id <> OLD.user_id) THEN
        RAISE EXCEPTION 'a place belongs to one person in one cohort'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enrolment_stays_put';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'completed' AND NEW.state <> 'completed' THEN
        RAISE EXCEPTION 'what was completed stays so'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enrolment_never_back';
    END IF;
    IF NEW.state NOT IN ('enrolled', 'waiting', 'completed') OR (TG_OP = 'UPDATE' AND NEW.state = OLD.state) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO cohort FROM supporters_cohort WHERE id = NEW.cohort_id FOR UPDATE;
    IF NEW.state <> 'completed' AND cohort.state IN ('done', 'cancelled') THEN
        RAISE EXCEPTION 'nobody enrols in a cohort that is over'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enrolment_cohort_open';
    END IF;
    IF NEW.state = 'waiting' OR (TG_OP = 'UPDATE' AND OLD.state IN ('enrolled', 'completed')) THEN
        RETURN NEW;
    END IF;
    SELECT count(*) INTO others FROM supporters_enrolment
        WHERE cohort_id = NEW.cohort_id AND state IN ('enrolled', 'completed') AND id <> NEW.id;
    IF others >= cohort.places THEN
        RAISE EXCEPTION 'the cohort is full'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enrolment_cohort_full';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER enrolment_judge BEFORE INSERT OR UPDATE ON supporters_enrolment
    FOR EACH ROW EXECUTE FUNCTION enrolment_judge();

CREATE FUNCTION cohort_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    present integer;
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state IN ('done', 'cancelled') OR NEW.state = 'planned') THEN
        RAISE EXCEPTION 'a cohort never goes back'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'cohort_never_back';
    END IF;
    IF NEW.places < OLD.places THEN
        SELECT count(*) INTO present FROM supporters_enrolment
            WHERE cohort_id = NEW.id AND state IN ('enrolled', 'completed');
        IF present > NEW.places THEN
            RAISE EXCEPTION 'more people have a place'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enrolment_cohort_full';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cohort_judge BEFORE UPDATE ON supporters_cohort
    FOR EACH ROW EXECUTE FUNCTION cohort_judge();
"""

BACKWARD = """
DROP TRIGGER cohort_judge ON supporters_cohort;
DROP FUNCTION cohort_judge();
DROP TRIGGER enrolment_judge ON supporters_enrolment;
DROP FUNCTION enrolment_judge();
"""


class Migration(migrations.Migration):
    dependencies = [("supporters", "0006_training")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
