"""What was published never changes: nobody can learn from a figure that moves."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION published_wait_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published figures never change' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'published_wait_frozen';
END $$;
CREATE TRIGGER published_wait_frozen BEFORE UPDATE OR DELETE ON reporting_publishedwait
    FOR EACH ROW EXECUTE FUNCTION published_wait_frozen();
"""

BACKWARD = """
DROP TRIGGER published_wait_frozen ON reporting_publishedwait;
DROP FUNCTION published_wait_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_published_waits")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
