"""Published steps of the intake meeting never change: what was ticked refers to them."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION meeting_guide_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'published steps never change' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'meeting_guide_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER meeting_guide_frozen BEFORE UPDATE OR DELETE ON intake_meetingguide
    FOR EACH ROW EXECUTE FUNCTION meeting_guide_frozen();
"""

BACKWARD = """
DROP TRIGGER meeting_guide_frozen ON intake_meetingguide;
DROP FUNCTION meeting_guide_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0014_meeting_page")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
