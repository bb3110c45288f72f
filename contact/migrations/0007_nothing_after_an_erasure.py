"""No choice is kept about a person who is erased: a request that was on its way meanwhile ends at the trigger."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER person_is_here BEFORE INSERT ON contact_safecontact FOR EACH ROW EXECUTE FUNCTION person_is_here();
"""
BACKWARD = "DROP TRIGGER person_is_here ON contact_safecontact;"


class Migration(migrations.Migration):
    dependencies = [("contact", "0006_send_ledger"), ("privacy", "0011_second_looks")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
