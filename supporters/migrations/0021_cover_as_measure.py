"""After an incident, somebody else may lead the coming sessions while the lead of the group stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supporters", "0020_hours_removed")]

    operations = [
        migrations.RemoveConstraint(model_name="incidentmeasure", name="incident_measure_known"),
        migrations.AlterField(
            model_name="incidentmeasure",
            name="kind",
            field=models.CharField(
                choices=[
                    ("apart", "Two people are noted as not to meet"),
                    ("cover", "Somebody else leads the coming sessions"),
                    ("lead", "Somebody no longer leads the group"),
                    ("breach", "It is in the record of breaches"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentmeasure",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["apart", "cover", "lead", "breach"])), name="incident_measure_known"
            ),
        ),
    ]
