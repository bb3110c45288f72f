"""A published text never changes; neither does somebody's word that they agree to it, which goes with them alone."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION program_text_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published text never changes' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'program_text_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER program_text_frozen BEFORE UPDATE OR DELETE ON supporters_programtext
    FOR EACH ROW EXECUTE FUNCTION program_text_frozen();

CREATE FUNCTION acknowledgement_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND privacy_is_being_erased(OLD.user_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'what somebody agreed to never changes' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'acknowledgement_frozen';
END $$;
CREATE TRIGGER acknowledgement_frozen BEFORE UPDATE OR DELETE ON supporters_acknowledgement
    FOR EACH ROW EXECUTE FUNCTION acknowledgement_frozen();

CREATE FUNCTION acknowledgement_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM supporters_programtext WHERE id = NEW.text_id AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'nobody agrees to a draft' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'acknowledgement_of_published';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER acknowledgement_of_published BEFORE INSERT ON supporters_acknowledgement
    FOR EACH ROW EXECUTE FUNCTION acknowledgement_of_published();
"""

BACKWARD = """
DROP TRIGGER acknowledgement_of_published ON supporters_acknowledgement;
DROP FUNCTION acknowledgement_of_published();
DROP TRIGGER acknowledgement_frozen ON supporters_acknowledgement;
DROP FUNCTION acknowledgement_frozen();
DROP TRIGGER program_text_frozen ON supporters_programtext;
DROP FUNCTION program_text_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("supporters", "0004_texts_in_versions"), ("privacy", "0011_second_looks"),
    ]  # fmt: skip
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
