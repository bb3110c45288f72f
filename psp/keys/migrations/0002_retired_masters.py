"""A master key that was replaced wraps nothing any more, whoever still has it in memory.

Without this, somebody whose data key was wrapped under the old master key just before it was forgotten would
be unreadable for good. The lock makes retiring wait for every insert that is on its way.
"""

from django.db import migrations, models

FORWARD = """
CREATE FUNCTION keys_refuse_retired() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1347637328);
    IF EXISTS (SELECT FROM keys_retiredmaster WHERE name = NEW.master) THEN
        RAISE EXCEPTION 'this master key was replaced'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'datakey_master_in_use';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keys_datakey_master BEFORE INSERT OR UPDATE OF master ON keys_datakey
    FOR EACH ROW EXECUTE FUNCTION keys_refuse_retired();
"""
BACKWARD = """
DROP TRIGGER keys_datakey_master ON keys_datakey;
DROP FUNCTION keys_refuse_retired();
"""


class Migration(migrations.Migration):
    dependencies = [("keys", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="RetiredMaster",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
