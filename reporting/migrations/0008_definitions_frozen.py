"""A definition under which figures were published never changes; another wording is another number."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION definition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    key text := CASE TG_TABLE_NAME WHEN 'reporting_series' THEN 'id' ELSE 'series_id' END;
    touched bigint[];
BEGIN
    -- Where a series stands on a page is not what it says.
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'reporting_series'
        AND to_jsonb(OLD) - 'place' = to_jsonb(NEW) - 'place' THEN
        RETURN NEW;
    END IF;
    touched := ARRAY[(to_jsonb(OLD) ->> key)::bigint, (to_jsonb(NEW) ->> key)::bigint];
    IF EXISTS (SELECT FROM reporting_frozentable WHERE series_id = ANY (touched)) THEN
        RAISE EXCEPTION 'a definition that figures were published under never changes'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'definition_frozen';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER definition_frozen BEFORE UPDATE OR DELETE ON reporting_series
    FOR EACH ROW EXECUTE FUNCTION definition_frozen();
CREATE TRIGGER definition_frozen BEFORE INSERT OR UPDATE OR DELETE ON reporting_indicator
    FOR EACH ROW EXECUTE FUNCTION definition_frozen();
"""

BACKWARD = """
DROP TRIGGER definition_frozen ON reporting_indicator;
DROP TRIGGER definition_frozen ON reporting_series;
DROP FUNCTION definition_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0007_platform_regions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
