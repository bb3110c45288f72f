"""A signature never changes; it goes with the person, once two people have approved their erasure."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION consent_signature_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    signer uuid;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF TG_TABLE_NAME = 'consent_consent' THEN
            signer := OLD.person_id;
        ELSE
            signer := (SELECT person_id FROM consent_consent WHERE id = OLD.consent_id);
        END IF;
        IF privacy_is_being_erased(signer) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'a signature never changes' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'consent_signature_frozen';
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION consent_signature_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a signature never changes' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'consent_signature_frozen';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0004_ways_of_contact"), ("privacy", "0005_erasure_opens")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
