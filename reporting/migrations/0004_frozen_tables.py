"""What somebody could see never changes: nobody can learn from a figure that moves."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION frozen_table_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published figures never change' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'frozen_table_frozen';
END $$;
CREATE TRIGGER frozen_table_frozen BEFORE UPDATE OR DELETE ON reporting_frozentable
    FOR EACH ROW EXECUTE FUNCTION frozen_table_frozen();
"""

BACKWARD = """
DROP TRIGGER frozen_table_frozen ON reporting_frozentable;
DROP FUNCTION frozen_table_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_releases")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
