"""Labels in plainer words; nothing changes in the database."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("peer_sessions", "0015_former_members_at_the_door"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dropin",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Not used yet"),
                    ("added", "Used for a session"),
                    ("asked", "A coordinator looks at it"),
                    ("settled", "Dealt with"),
                ],
                default="open",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="followupoffer",
            name="state",
            field=models.CharField(
                choices=[
                    ("offered", "Offered"),
                    ("wished", "Wanted"),
                    ("not_wished", "Not wanted"),
                    ("done", "Held"),
                    ("ended", "Over"),
                ],
                default="offered",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="followupoffer",
            name="times",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("morning", "Weekdays, in the morning"),
                        ("afternoon", "Weekdays, in the afternoon"),
                        ("evening", "Weekdays, in the evening"),
                        ("weekend", "On the weekend"),
                    ],
                    max_length=10,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
    ]
