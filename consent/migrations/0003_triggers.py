"""A published text and a signature never change; a withdrawal is not taken back but followed by a new signature."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION consent_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published consent text never changes' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'consent_version_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER consent_version_frozen BEFORE UPDATE OR DELETE ON consent_consentversion
    FOR EACH ROW EXECUTE FUNCTION consent_version_frozen();

CREATE FUNCTION consent_signature_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a signature never changes' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'consent_signature_frozen';
END $$;
CREATE TRIGGER consent_signature_frozen BEFORE UPDATE OR DELETE ON consent_consent
    FOR EACH ROW EXECUTE FUNCTION consent_signature_frozen();
CREATE TRIGGER consent_countersignature_frozen BEFORE UPDATE OR DELETE ON consent_countersignature
    FOR EACH ROW EXECUTE FUNCTION consent_signature_frozen();
CREATE TRIGGER consent_withdrawal_frozen BEFORE UPDATE OR DELETE ON consent_withdrawal
    FOR EACH ROW EXECUTE FUNCTION consent_signature_frozen();
"""

BACKWARD = """
DROP TRIGGER consent_withdrawal_frozen ON consent_withdrawal;
DROP TRIGGER consent_countersignature_frozen ON consent_countersignature;
DROP TRIGGER consent_signature_frozen ON consent_consent;
DROP FUNCTION consent_signature_frozen();
DROP TRIGGER consent_version_frozen ON consent_consentversion;
DROP FUNCTION consent_version_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
