"""Words in a report never change, and those of a published one never go."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION released_story_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.text, NEW.language, NEW.release_id) IS NOT DISTINCT FROM
                            (OLD.text, OLD.language, OLD.release_id) AND NEW.story_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND NOT EXISTS (
        SELECT FROM reporting_release WHERE id = OLD.release_id AND state = 'approved') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'words in a report never change' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'released_story_frozen';
END $$;
CREATE TRIGGER released_story_frozen BEFORE UPDATE OR DELETE ON reporting_releasedstory
    FOR EACH ROW EXECUTE FUNCTION released_story_frozen();
CREATE FUNCTION released_story_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reporting_release WHERE id = NEW.release_id AND state = 'approved') THEN
        RAISE EXCEPTION 'a published report takes no more words' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'released_story_in_time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER released_story_in_time BEFORE INSERT ON reporting_releasedstory
    FOR EACH ROW EXECUTE FUNCTION released_story_in_time();
"""

BACKWARD = """
DROP TRIGGER released_story_in_time ON reporting_releasedstory;
DROP FUNCTION released_story_in_time();
DROP TRIGGER released_story_frozen ON reporting_releasedstory;
DROP FUNCTION released_story_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0012_stories")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
