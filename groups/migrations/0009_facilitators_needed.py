"""Two facilitators lead an informal group ([PIA] rule 9): from the settings now, kept on each group."""

from django.db import migrations

FORWARD = """
UPDATE groups_kindsetting SET facilitators = 2 WHERE kind = 'informal';
UPDATE groups_peergroup SET facilitators = 2 WHERE kind = 'informal';
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0008_forming_and_inviting")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
