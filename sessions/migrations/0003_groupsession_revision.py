from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("peer_sessions", "0002_initial")]

    operations = [
        migrations.AddField(model_name="groupsession", name="revision", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(
            model_name="historicalgroupsession", name="revision", field=models.PositiveIntegerField(default=0)
        ),
    ]
