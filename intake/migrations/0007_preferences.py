"""Wishes about groups. The database itself judges that a week is merged intervals on the half hour."""

import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import intake.models_preferences
import psp.crypto.fields

# As `intake.week.is_week`. The order of AND is not promised in SQL, so each step is an IF of its own.
FORWARD = """
CREATE FUNCTION intake_week_is_well_formed(week jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    span jsonb;
    last_end numeric := -1;
BEGIN
    IF week IS NULL OR jsonb_typeof(week) <> 'array' THEN
        RETURN false;
    END IF;
    FOR span IN SELECT item FROM jsonb_array_elements(week) WITH ORDINALITY AS items (item, place) ORDER BY place LOOP
        IF jsonb_typeof(span) <> 'array' OR jsonb_array_length(span) <> 2 THEN
            RETURN false;
        ELSIF jsonb_typeof(span -> 0) <> 'number' OR jsonb_typeof(span -> 1) <> 'number' THEN
            RETURN false;
        ELSIF (span ->> 0)::numeric % 30 <> 0 OR (span ->> 1)::numeric % 30 <> 0 THEN
            RETURN false;
        ELSIF (span ->> 0)::numeric <= last_end OR (span ->> 0)::numeric < 0
            OR (span ->> 0)::numeric >= (span ->> 1)::numeric OR (span ->> 1)::numeric > 10080 THEN
            RETURN false;
        END IF;
        last_end := (span ->> 1)::numeric;
    END LOOP;
    RETURN true;
END $$;
"""
BACKWARD = "DROP FUNCTION intake_week_is_well_formed(jsonb);"


class Migration(migrations.Migration):
    dependencies = [("intake", "0006_list_in_order"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.CreateModel(
            name="HistoricalPreferences",
            fields=[
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=[("en", "English"), ("fr", "Français")], max_length=2),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "compositions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("any", "Any group"),
                                ("women", "A group for women"),
                                ("men", "A group for men"),
                                ("2slgbtqi", "A group for 2SLGBTQI+ people"),
                            ],
                            max_length=10,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("availability", models.JSONField(default=list)),
                (
                    "accessibility",
                    psp.crypto.fields.EncryptedTextField(
                        blank=True,
                        default="",
                        max_length=300,
                        person="person_id",
                        verbose_name="what makes taking part easier",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="intake.participant",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical preferences",
                "verbose_name_plural": "historical preferences",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Preferences",
            fields=[
                (
                    "participant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="preferences",
                        serialize=False,
                        to="intake.participant",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(choices=[("en", "English"), ("fr", "Français")], max_length=2),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "compositions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("any", "Any group"),
                                ("women", "A group for women"),
                                ("men", "A group for men"),
                                ("2slgbtqi", "A group for 2SLGBTQI+ people"),
                            ],
                            max_length=10,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("availability", models.JSONField(default=list)),
                (
                    "accessibility",
                    psp.crypto.fields.EncryptedTextField(
                        blank=True,
                        default="",
                        max_length=300,
                        person="person_id",
                        verbose_name="what makes taking part easier",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "preferences",
                "verbose_name_plural": "preferences",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("languages__contained_by", ["en", "fr"])),
                        name="preferences_languages_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("compositions__contained_by", ["any", "women", "men", "2slgbtqi"])),
                        name="preferences_compositions_known",
                    ),
                    models.CheckConstraint(
                        condition=intake.models_preferences.WeekIsWellFormed("availability"),
                        name="preferences_week_well_formed",
                    ),
                ],
            },
        ),
    ]
