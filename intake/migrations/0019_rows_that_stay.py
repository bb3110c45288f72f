"""Pairs that must not meet, merges and requests end, but their rows stay: nobody deletes one by mistake.

The application's role may delete, because forgetting people is its work (`privacy.erasing`). What it deletes there it
deletes on purpose, and says so for the transaction; any other DELETE is refused, also from a shell or by a cascade.
"""

from django.db import migrations

TABLES = ("intake_keepapart", "intake_merge", "intake_differentpeople", "privacy_rightsrequest")

FUNCTION = """
CREATE FUNCTION row_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('psp.letting_go', true) IS DISTINCT FROM 'yes' THEN
        RAISE EXCEPTION 'a row of % ends, it is not deleted', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'row_stays';
    END IF;
    RETURN OLD;
END $$;
"""
TRIGGER = "CREATE TRIGGER row_stays BEFORE DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION row_stays();"
FORWARD = FUNCTION + "\n".join(TRIGGER.format(table) for table in TABLES)
BACKWARD = "\n".join(f"DROP TRIGGER row_stays ON {table};" for table in TABLES) + "DROP FUNCTION row_stays();"


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0018_room_of_a_meeting"),
        ("privacy", "0001_rights_requests"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
