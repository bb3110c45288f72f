"""Nobody supervises themselves through others, whatever the length of the circle and whoever writes.

Two pairings that would close a circle together are each fine alone, so every new one waits for the others that are not
committed yet: one lock for all pairings, taken last, and then the look up the line sees them.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION supporters_pairing_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.user_id <> OLD.user_id OR NEW.supervisor_id <> OLD.supervisor_id) THEN
        RAISE EXCEPTION 'a pairing is of the two whom it was made for'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pairing_stays_put';
    END IF;
    IF NEW.ended_on IS NOT NULL OR (TG_OP = 'UPDATE' AND OLD.ended_on IS NULL) THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(1347637330);
    IF EXISTS (
        WITH RECURSIVE line(account) AS (
            SELECT NEW.supervisor_id
            UNION
            SELECT pairing.supervisor_id FROM supporters_pairing AS pairing JOIN line ON pairing.user_id = line.account
             WHERE pairing.ended_on IS NULL AND pairing.id <> NEW.id
        )
        SELECT FROM line WHERE account = NEW.user_id
    ) AND NEW.user_id <> NEW.supervisor_id THEN
        RAISE EXCEPTION 'nobody supervises themselves through others'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pairing_no_circle';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supporters_pairing_judge BEFORE INSERT OR UPDATE ON supporters_pairing
    FOR EACH ROW EXECUTE FUNCTION supporters_pairing_judge();
"""

BACKWARD = """
DROP TRIGGER supporters_pairing_judge ON supporters_pairing;
DROP FUNCTION supporters_pairing_judge();
"""


class Migration(migrations.Migration):
    dependencies = [("supporters", "0011_supervision")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
