"""What stands on the first page is not what a definition says; a unit of statistics that was never named may be."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION definition_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    key text := CASE TG_TABLE_NAME WHEN 'reporting_series' THEN 'id' ELSE 'series_id' END;
    touched bigint[];
BEGIN
    -- %(comment)s
    IF TG_OP = 'UPDATE'%(which)s
        AND to_jsonb(OLD) - %(old)s = to_jsonb(NEW) - %(new)s THEN
        RETURN NEW;
    END IF;
    touched := ARRAY[(to_jsonb(OLD) ->> key)::bigint, (to_jsonb(NEW) ->> key)::bigint];
    IF EXISTS (SELECT FROM reporting_frozentable WHERE series_id = ANY (touched)) THEN
        RAISE EXCEPTION 'a definition that figures were published under never changes'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'definition_frozen';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
LAID_OUT = """(CASE
            WHEN TG_TABLE_NAME = 'reporting_indicator' THEN ARRAY['headline']
            WHEN to_jsonb(OLD) ->> 'measured_en' = '' AND to_jsonb(OLD) ->> 'measured_fr' = ''
                THEN ARRAY['place', 'measured_en', 'measured_fr']
            ELSE ARRAY['place'] END)"""
FORWARD = FUNCTION % {
    "comment": "Where it stands on a page is not what it says. A unit of statistics is named once.",
    "which": "", "old": LAID_OUT, "new": LAID_OUT,
}  # fmt: skip
BACKWARD = FUNCTION % {
    "comment": "Where a series stands on a page is not what it says.",
    "which": " AND TG_TABLE_NAME = 'reporting_series'", "old": "'place'", "new": "'place'",
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reporting", "0014_units_of_statistics")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
