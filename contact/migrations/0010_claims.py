"""Which turn of sending has a message: what a dead sender took is found by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0009_no_reminders_after_an_erasure")]
    operations = [
        migrations.AddField("outboxmessage", "claim", models.UUIDField(editable=False, null=True)),
    ]
