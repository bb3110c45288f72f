"""Nobody signs for a person who is erased: a request that was on its way meanwhile ends at the trigger."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER person_is_here BEFORE INSERT ON consent_consent FOR EACH ROW EXECUTE FUNCTION person_is_here();
"""
BACKWARD = "DROP TRIGGER person_is_here ON consent_consent;"


class Migration(migrations.Migration):
    dependencies = [("consent", "0007_paper_text_of_its_day"), ("privacy", "0011_second_looks")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
