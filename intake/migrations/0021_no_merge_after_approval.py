"""Once two people have approved that a person is erased, no file becomes part of theirs, and theirs of none.

What is not of that person would go with it, and what is would stay under another name.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION merge_after_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM intake_participant
                WHERE id IN (NEW.kept_id, NEW.merged_id) AND privacy_is_being_erased(user_id)) THEN
        RAISE EXCEPTION 'one of these files is being erased'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'merge_after_approval';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER merge_after_approval BEFORE INSERT ON intake_merge
    FOR EACH ROW EXECUTE FUNCTION merge_after_approval();
"""
BACKWARD = """
DROP TRIGGER merge_after_approval ON intake_merge;
DROP FUNCTION merge_after_approval();
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0020_emptied_files"), ("privacy", "0005_erasure_opens")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
