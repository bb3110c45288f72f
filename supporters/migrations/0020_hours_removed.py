"""A correction that is taken out again must not leave more than a day, or less than nothing, behind.

The lines that were noted beside it counted on it. As in `0016_hours_judges`, after locking the account's row.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION hours_removed_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted bigint;
BEGIN
    IF current_setting('psp.letting_go', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    PERFORM FROM psp_user WHERE id = OLD.user_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(minutes), 0) INTO counted FROM supporters_hoursline
    WHERE user_id = OLD.user_id AND day = OLD.day AND id <> OLD.id;
    IF OLD.minutes < 0 AND counted > 1440 THEN
        RAISE EXCEPTION 'what was noted since counts on this correction'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hours_needed_by_others';
    END IF;
    SELECT coalesce(sum(minutes), 0) INTO counted FROM supporters_hoursline
    WHERE (id = OLD.corrects_id OR corrects_id = OLD.corrects_id) AND id <> OLD.id;
    IF OLD.minutes > 0 AND counted < 0 THEN
        RAISE EXCEPTION 'what was taken away since counts on this correction'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hours_needed_by_others';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER hours_removed_judge BEFORE DELETE ON supporters_hoursline
    FOR EACH ROW WHEN (OLD.corrects_id IS NOT NULL) EXECUTE FUNCTION hours_removed_judge();
"""

BACKWARD = """
DROP TRIGGER hours_removed_judge ON supporters_hoursline;
DROP FUNCTION hours_removed_judge();
"""


class Migration(migrations.Migration):
    dependencies = [("supporters", "0019_evaluation")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
