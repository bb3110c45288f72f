"""A file that stays empty behind a place in a group is nobody's; and files joined by mistake do not go together.

`emptied_at`: the desk neither finds nor opens such a file. The trigger on deletions: as long as two files can be taken
apart again, one of them may be somebody else's, who never asked for anything to be destroyed.
"""

from django.db import migrations, models

MARK = """
UPDATE intake_participant SET emptied_at = now() FROM psp_user
 WHERE psp_user.id = intake_participant.user_id AND psp_user.username LIKE 'gone-%';
"""
FORWARD = """
CREATE FUNCTION intake_judge_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'approved' AND NEW.replayed_at IS NULL AND EXISTS (
        SELECT FROM intake_merge m
          JOIN intake_participant k ON k.id = m.kept_id JOIN intake_participant o ON o.id = m.merged_id
         WHERE m.undone_at IS NULL AND m.final_at IS NULL
           AND (k.user_id = NEW.person OR o.user_id = NEW.person
                OR k.user_id = ANY (NEW.also) OR o.user_id = ANY (NEW.also))
    ) THEN
        RAISE EXCEPTION 'these files can be taken apart again'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erasure_of_files_joined_for_good';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER intake_judge_erasure BEFORE INSERT OR UPDATE ON privacy_erasure
    FOR EACH ROW EXECUTE FUNCTION intake_judge_erasure();
"""
BACKWARD = """
DROP TRIGGER intake_judge_erasure ON privacy_erasure;
DROP FUNCTION intake_judge_erasure();
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0019_rows_that_stay"), ("privacy", "0011_second_looks")]

    operations = [
        migrations.AddField(
            model_name="participant", name="emptied_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="historicalparticipant",
            name="emptied_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
