"""Applications and waiting places say on whose desk they lie, so that a desk is counted without reading the files.

Triggers keep it true for every writer. An insert holds the file still until it is committed, so that a merge at the same
moment cannot pass it by.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION intake_lie_on_desk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.participant_id <> OLD.participant_id THEN
        PERFORM 1 FROM intake_participant WHERE id = NEW.participant_id FOR SHARE;
    ELSIF NEW.desk_region_id IS NOT DISTINCT FROM OLD.desk_region_id THEN
        RETURN NEW;
    END IF;
    SELECT CASE WHEN merged_into_id IS NULL THEN program_region_id END INTO NEW.desk_region_id
    FROM intake_participant WHERE id = NEW.participant_id;
    RETURN NEW;
END $$;
CREATE TRIGGER intake_lie_on_desk BEFORE INSERT OR UPDATE ON intake_application
    FOR EACH ROW EXECUTE FUNCTION intake_lie_on_desk();
CREATE TRIGGER intake_lie_on_desk BEFORE INSERT OR UPDATE ON intake_waitingplace
    FOR EACH ROW EXECUTE FUNCTION intake_lie_on_desk();

CREATE FUNCTION intake_move_desk() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    desk varchar := CASE WHEN NEW.merged_into_id IS NULL THEN NEW.program_region_id END;
BEGIN
    UPDATE intake_application SET desk_region_id = desk WHERE participant_id = NEW.id;
    UPDATE intake_waitingplace SET desk_region_id = desk WHERE participant_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER intake_move_desk AFTER UPDATE OF program_region_id, merged_into_id ON intake_participant
    FOR EACH ROW WHEN ((OLD.program_region_id, OLD.merged_into_id)
        IS DISTINCT FROM (NEW.program_region_id, NEW.merged_into_id))
    EXECUTE FUNCTION intake_move_desk();

UPDATE intake_application AS kept SET desk_region_id = file.program_region_id
    FROM intake_participant AS file WHERE file.id = kept.participant_id AND file.merged_into_id IS NULL;
UPDATE intake_waitingplace AS kept SET desk_region_id = file.program_region_id
    FROM intake_participant AS file WHERE file.id = kept.participant_id AND file.merged_into_id IS NULL;
"""

BACKWARD = """
DROP TRIGGER intake_move_desk ON intake_participant;
DROP FUNCTION intake_move_desk();
DROP TRIGGER intake_lie_on_desk ON intake_waitingplace;
DROP TRIGGER intake_lie_on_desk ON intake_application;
DROP FUNCTION intake_lie_on_desk();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0016_link_of_short_calls"),
        ("psp", "0004_fill_name_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="application",
            name="application_state",
        ),
        migrations.RemoveIndex(
            model_name="application",
            name="application_untouched",
        ),
        migrations.RemoveIndex(
            model_name="waitingplace",
            name="waiting_queue",
        ),
        migrations.AddField(
            model_name="application",
            name="desk_region",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="psp.programregion",
            ),
        ),
        migrations.AddField(
            model_name="waitingplace",
            name="desk_region",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="psp.programregion",
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["desk_region", "state", "submitted_at", "id"], name="application_desk"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("state__in", ["submitted", "meeting_set"])),
                fields=["desk_region", "last_action_at"],
                name="application_untouched",
            ),
        ),
        migrations.AddIndex(
            model_name="waitingplace",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["desk_region", "service", "since", "id"],
                name="waiting_queue",
            ),
        ),
        # Last: the tables cannot be altered once rows were changed.
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
