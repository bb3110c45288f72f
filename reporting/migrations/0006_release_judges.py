"""What the database itself holds of reports: a second person publishes, and what is published never changes.

Only the names of the two people may go, when their accounts are erased.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION release_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'approved' AND NOT (
        TG_OP = 'UPDATE'
        AND (NEW.prepared_by_id IS NULL OR NEW.prepared_by_id = OLD.prepared_by_id)
        AND (NEW.decided_by_id IS NULL OR NEW.decided_by_id = OLD.decided_by_id)
        AND to_jsonb(NEW) - 'prepared_by_id' - 'decided_by_id' = to_jsonb(OLD) - 'prepared_by_id' - 'decided_by_id'
    ) THEN
        RAISE EXCEPTION 'a published report never changes' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'release_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER release_frozen BEFORE UPDATE OR DELETE ON reporting_release
    FOR EACH ROW EXECUTE FUNCTION release_frozen();

CREATE FUNCTION release_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'approved' AND (TG_OP = 'INSERT' OR OLD.state <> 'approved') AND (
        NEW.decided_by_id IS NULL OR TG_OP = 'INSERT' OR OLD.state <> 'prepared'
    ) THEN
        RAISE EXCEPTION 'a second person publishes what the first one prepared' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'release_by_two';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER release_by_two BEFORE INSERT OR UPDATE ON reporting_release
    FOR EACH ROW EXECUTE FUNCTION release_by_two();

CREATE FUNCTION release_table_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM reporting_release one WHERE one.state = 'approved' AND (
            (TG_OP <> 'INSERT' AND one.id = OLD.release_id) OR (TG_OP <> 'DELETE' AND one.id = NEW.release_id)
        )
    ) THEN
        RAISE EXCEPTION 'a published report never changes' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'release_table_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER release_table_frozen BEFORE INSERT OR UPDATE OR DELETE ON reporting_releasetable
    FOR EACH ROW EXECUTE FUNCTION release_table_frozen();
"""

BACKWARD = """
DROP TRIGGER release_table_frozen ON reporting_releasetable;
DROP FUNCTION release_table_frozen();
DROP TRIGGER release_by_two ON reporting_release;
DROP FUNCTION release_by_two();
DROP TRIGGER release_frozen ON reporting_release;
DROP FUNCTION release_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0005_what_could_not_be_proven")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
