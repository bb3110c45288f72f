"""No more people come to a meeting than there are places, whoever says so."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION event_has_room() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most integer;
BEGIN
    SELECT places INTO most FROM supporters_networkevent WHERE id = NEW.event_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM supporters_eventplace WHERE event_id = NEW.event_id) >= most THEN
        RAISE EXCEPTION 'every place is taken' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'event_has_room';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER event_has_room BEFORE INSERT ON supporters_eventplace
    FOR EACH ROW EXECUTE FUNCTION event_has_room();
"""
BACKWARD = """
DROP TRIGGER event_has_room ON supporters_eventplace;
DROP FUNCTION event_has_room();
"""


class Migration(migrations.Migration):
    dependencies = [("supporters", "0013_network")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
