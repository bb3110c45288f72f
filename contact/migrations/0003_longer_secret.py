from django.db import migrations

import psp.crypto.fields


class Migration(migrations.Migration):
    dependencies = [("contact", "0002_initial")]

    operations = [
        migrations.AlterField(
            model_name="outboxmessage",
            name="secret",
            field=psp.crypto.fields.EncryptedTextField(blank=True, default="", max_length=300, person="person_id"),
        ),
    ]
