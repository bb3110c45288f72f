"""A signature on paper stands under the text that was in force on the day that stands on the paper."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION consent_paper_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.signed_on < (SELECT v.valid_from FROM consent_consentversion v WHERE v.id = NEW.version_id) OR EXISTS (
        SELECT 1 FROM consent_consentversion mine JOIN consent_consentversion newer ON newer.purpose = mine.purpose
        WHERE mine.id = NEW.version_id AND newer.number > mine.number AND newer.published_at IS NOT NULL
          AND newer.valid_from <= NEW.signed_on
    ) THEN
        RAISE EXCEPTION 'another text was in force on the day of the paper' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'consent_paper_text_of_its_day';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_paper_text BEFORE INSERT ON consent_consent
    FOR EACH ROW WHEN (NEW.manner = 'paper') EXECUTE FUNCTION consent_paper_text();
"""

BACKWARD = """
DROP TRIGGER consent_paper_text ON consent_consent;
DROP FUNCTION consent_paper_text();
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0006_agreeing_again")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
