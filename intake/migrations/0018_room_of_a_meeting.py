"""A room for one meeting alone, which is there no longer than it serves."""

from django.db import migrations, models

import psp.crypto.fields

# Whoever writes: a link goes with the meeting that it is for, and is sealed for the coordinator who gave it.
FORWARD = """
CREATE FUNCTION meeting_link_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'set' OR (NEW.coordinator_id <> OLD.coordinator_id AND NEW.link = OLD.link) THEN
        NEW.link := ''::bytea;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meeting_link_goes BEFORE UPDATE ON intake_intakemeeting
    FOR EACH ROW WHEN (NEW.link <> ''::bytea) EXECUTE FUNCTION meeting_link_goes();
"""

BACKWARD = """
DROP TRIGGER meeting_link_goes ON intake_intakemeeting;
DROP FUNCTION meeting_link_goes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0017_desk_region"),
    ]

    operations = [
        migrations.AddField(
            model_name="bookingterms",
            name="link_for_all",
            field=models.BooleanField(
                default=True, verbose_name="use this link for every meeting that has none of its own"
            ),
        ),
        migrations.AddField(
            model_name="intakemeeting",
            name="link",
            field=psp.crypto.fields.EncryptedTextField(
                blank=True, default="", max_length=500, person="coordinator_id", verbose_name="video link"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
