"""What was handed to pay is kept for six years after the end of that year, whoever wants to let it go.

Until then the word that opens the other judges (`psp.letting_go`) opens nothing here; afterwards it alone does. The
year is that of the program's clock, which no server needs to know: a day of grace covers every zone.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION pay_kept_its_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    handed timestamptz;
BEGIN
    IF TG_TABLE_NAME = 'supporters_payexport' THEN
        handed := OLD.approved_at;
    ELSE
        SELECT approved_at INTO handed FROM supporters_payexport WHERE id = OLD.export_id;
    END IF;
    IF handed IS NOT NULL
        AND date_trunc('year', handed - interval '1 day') + interval '7 years' > clock_timestamp() THEN
        RAISE EXCEPTION 'records of pay are kept for six years after the year'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pay_kept_its_time';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER pay_kept_its_time BEFORE DELETE ON supporters_hoursline
    FOR EACH ROW WHEN (OLD.export_id IS NOT NULL) EXECUTE FUNCTION pay_kept_its_time();
CREATE TRIGGER pay_kept_its_time BEFORE DELETE ON supporters_payexportperson
    FOR EACH ROW EXECUTE FUNCTION pay_kept_its_time();
CREATE TRIGGER pay_kept_its_time BEFORE DELETE ON supporters_payexport
    FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL) EXECUTE FUNCTION pay_kept_its_time();
"""

BACKWARD = """
DROP TRIGGER pay_kept_its_time ON supporters_payexport;
DROP TRIGGER pay_kept_its_time ON supporters_payexportperson;
DROP TRIGGER pay_kept_its_time ON supporters_hoursline;
DROP FUNCTION pay_kept_its_time();
"""


class Migration(migrations.Migration):
    dependencies = [("supporters", "0022_support_kinds_history")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
