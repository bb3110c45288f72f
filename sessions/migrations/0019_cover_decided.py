"""That somebody else leads may be a coordinator's word, which whoever was to lead does not take back alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("peer_sessions", "0018_stand_ins_are_booked")]

    operations = [
        migrations.AddField(model_name="cover", name="decided", field=models.BooleanField(default=False)),
    ]
