"""A place names a group of its own forming, whoever writes it: judged by a trigger, so that tables stay as their models
say."""

from django.db import migrations

FORWARD = """
ALTER TABLE groups_formingplace DROP CONSTRAINT forming_place_in_its_forming;
ALTER TABLE groups_forminggroup DROP CONSTRAINT groups_forminggroup_of_forming;
CREATE FUNCTION forming_place_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.group_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM groups_forminggroup WHERE id = NEW.group_id AND forming_id = NEW.forming_id
    ) THEN
        RAISE EXCEPTION 'a place names a group of its own forming'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'forming_place_in_its_forming';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER forming_place_judge BEFORE INSERT OR UPDATE OF group_id, forming_id ON groups_formingplace
    FOR EACH ROW EXECUTE FUNCTION forming_place_judge();
"""

BACKWARD = """
DROP TRIGGER forming_place_judge ON groups_formingplace;
DROP FUNCTION forming_place_judge();
ALTER TABLE groups_forminggroup ADD CONSTRAINT groups_forminggroup_of_forming UNIQUE (id, forming_id);
ALTER TABLE groups_formingplace ADD CONSTRAINT forming_place_in_its_forming
    FOREIGN KEY (group_id, forming_id) REFERENCES groups_forminggroup (id, forming_id);
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0013_forming_judges")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
