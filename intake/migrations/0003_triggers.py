"""A published eligibility version never changes: decisions refer to it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION eligibility_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published eligibility version never changes' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'eligibility_version_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER eligibility_version_frozen BEFORE UPDATE OR DELETE ON intake_eligibilityversion
    FOR EACH ROW EXECUTE FUNCTION eligibility_version_frozen();
"""

BACKWARD = """
DROP TRIGGER eligibility_version_frozen ON intake_eligibilityversion;
DROP FUNCTION eligibility_version_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
