"""As with the ways to reach somebody: no choice is kept about a person who is erased."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER person_is_here BEFORE INSERT ON contact_reminderchoice FOR EACH ROW EXECUTE FUNCTION person_is_here();
"""
BACKWARD = "DROP TRIGGER person_is_here ON contact_reminderchoice;"


class Migration(migrations.Migration):
    dependencies = [("contact", "0008_reminders"), ("privacy", "0011_second_looks")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
