"""Published hours, booked meetings with their pause, short calls; one coordinator is in one place at a time."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import intake.models_booking
import psp.crypto.fields

# Two tables hold what a coordinator does; an exclusion constraint sees one. Whoever writes to either waits for the
# other, and looks then.
FORWARD = """
CREATE FUNCTION coordinator_one_at_a_time(coordinator uuid, wanted tstzrange, other regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    taken boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('coordinator:' || coordinator, 0));
    IF other = 'intake_shortcall'::regclass THEN
        SELECT EXISTS (SELECT FROM intake_shortcall WHERE coordinator_id = coordinator
            AND tstzrange(starts_at, coalesce(blocked_until, ends_at)) && wanted) INTO taken;
    ELSE
        SELECT EXISTS (SELECT FROM intake_intakemeeting WHERE coordinator_id = coordinator AND state = 'set'
            AND tstzrange(starts_at, coalesce(blocked_until, ends_at)) && wanted) INTO taken;
    END IF;
    IF taken THEN
        RAISE EXCEPTION 'the coordinator is with somebody else at that time'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'coordinator_one_at_a_time';
    END IF;
END $$;

CREATE FUNCTION meeting_beside_calls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coordinator_one_at_a_time(NEW.coordinator_id,
        tstzrange(NEW.starts_at, coalesce(NEW.blocked_until, NEW.ends_at)), 'intake_shortcall');
    RETURN NEW;
END $$;
CREATE TRIGGER meeting_beside_calls BEFORE INSERT OR UPDATE ON intake_intakemeeting
    FOR EACH ROW WHEN (NEW.state = 'set') EXECUTE FUNCTION meeting_beside_calls();

CREATE FUNCTION call_beside_meetings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coordinator_one_at_a_time(NEW.coordinator_id,
        tstzrange(NEW.starts_at, coalesce(NEW.blocked_until, NEW.ends_at)), 'intake_intakemeeting');
    RETURN NEW;
END $$;
CREATE TRIGGER call_beside_meetings BEFORE INSERT OR UPDATE ON intake_shortcall
    FOR EACH ROW EXECUTE FUNCTION call_beside_meetings();
"""

BACKWARD = """
DROP TRIGGER meeting_beside_calls ON intake_intakemeeting;
DROP TRIGGER call_beside_meetings ON intake_shortcall;
DROP FUNCTION meeting_beside_calls();
DROP FUNCTION call_beside_meetings();
DROP FUNCTION coordinator_one_at_a_time(uuid, tstzrange, regclass);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0004_assigned_and_bulk"),
        ("psp", "0002_cache"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BookingTerms",
            fields=[
                (
                    "coordinator",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="booking_terms",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("time_zone", models.CharField(max_length=40, verbose_name="your time zone")),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=45,
                        validators=[
                            django.core.validators.MinValueValidator(15),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="length of a meeting, in minutes",
                    ),
                ),
                (
                    "buffer_minutes",
                    models.PositiveSmallIntegerField(
                        default=15,
                        validators=[django.core.validators.MaxValueValidator(120)],
                        verbose_name="pause after a meeting, in minutes",
                    ),
                ),
                (
                    "notice_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        validators=[django.core.validators.MaxValueValidator(336)],
                        verbose_name="notice that you need, in hours",
                    ),
                ),
                (
                    "horizon_days",
                    models.PositiveSmallIntegerField(
                        default=28,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="how many days ahead people can book",
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[("video", "By video"), ("phone", "By phone")],
                        default="video",
                        max_length=6,
                        verbose_name="how you meet",
                    ),
                ),
                (
                    "video_link",
                    psp.crypto.fields.EncryptedTextField(
                        blank=True, default="", max_length=500, person="coordinator_id", verbose_name="video link"
                    ),
                ),
                (
                    "phone",
                    psp.crypto.fields.EncryptedTextField(
                        blank=True,
                        default="",
                        max_length=40,
                        person="coordinator_id",
                        verbose_name="number that people call",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DayException",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hours_for",
                    models.CharField(
                        choices=[("meeting", "Intake meetings"), ("call", "Short calls")],
                        default="meeting",
                        max_length=8,
                    ),
                ),
                ("day", models.DateField()),
                ("away", models.BooleanField()),
                ("start", models.TimeField(blank=True, null=True)),
                ("end", models.TimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["day", "start", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalMeetingWish",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=11), size=None),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical meeting wish",
                "verbose_name_plural": "historical meeting wishs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="MeetingWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=11), size=None),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ShortCall",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("blocked_until", models.DateTimeField(null=True)),
                ("time_zone", models.CharField(max_length=40)),
                ("language", models.CharField(choices=[("en", "English"), ("fr", "Français")], max_length=2)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("phone", "I call you"),
                            ("video", "By video, with a link"),
                            ("call_back", "You call me"),
                        ],
                        max_length=10,
                    ),
                ),
                ("word", models.CharField(max_length=24)),
                ("code_digest", models.CharField(max_length=64, unique=True)),
                ("number", psp.crypto.fields.EncryptedTextField(blank=True, default="", max_length=40, person="id")),
            ],
            options={
                "ordering": ["starts_at"],
            },
        ),
        migrations.CreateModel(
            name="WeeklyHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hours_for",
                    models.CharField(
                        choices=[("meeting", "Intake meetings"), ("call", "Short calls")],
                        default="meeting",
                        max_length=8,
                    ),
                ),
                ("weekday", models.PositiveSmallIntegerField()),
                ("start", models.TimeField()),
                ("end", models.TimeField()),
                ("begins", models.DateField()),
                ("ends", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["weekday", "start", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="intakemeeting",
            name="meeting_coordinator_free",
        ),
        migrations.AddField(
            model_name="historicalintakemeeting",
            name="blocked_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="historicalintakemeeting",
            name="own_changes",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="historicalintakemeeting",
            name="place",
            field=models.CharField(
                choices=[("video", "By video"), ("phone", "By phone")], default="video", max_length=6
            ),
        ),
        migrations.AddField(
            model_name="historicalintakemeeting",
            name="revision",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="historicalintakemeeting",
            name="set_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="intakemeeting",
            name="blocked_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="intakemeeting",
            name="own_changes",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="intakemeeting",
            name="place",
            field=models.CharField(
                choices=[("video", "By video"), ("phone", "By phone")], default="video", max_length=6
            ),
        ),
        migrations.AddField(
            model_name="intakemeeting",
            name="revision",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="intakemeeting",
            name="set_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddConstraint(
            model_name="intakemeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("blocked_until__isnull", True), ("blocked_until__gte", models.F("ends_at")), _connector="OR"
                ),
                name="meeting_buffer_after",
            ),
        ),
        migrations.AddConstraint(
            model_name="intakemeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("place__in", ["video", "phone"])), name="meeting_place_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="intakemeeting",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "set")),
                expressions=[
                    (
                        intake.models_booking.TsTzRange(
                            "starts_at", django.db.models.functions.comparison.Coalesce("blocked_until", "ends_at")
                        ),
                        "&&",
                    ),
                    ("coordinator", "="),
                ],
                name="meeting_coordinator_free",
            ),
        ),
        migrations.AddField(
            model_name="dayexception",
            name="coordinator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="day_exceptions", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalmeetingwish",
            name="application",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="intake.application",
            ),
        ),
        migrations.AddField(
            model_name="historicalmeetingwish",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="meetingwish",
            name="application",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="meeting_wish", to="intake.application"
            ),
        ),
        migrations.AddField(
            model_name="shortcall",
            name="coordinator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="weeklyhours",
            name="coordinator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="weekly_hours", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="dayexception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("away", True), ("end__isnull", True), ("start__isnull", True)),
                    models.Q(("end__gt", models.F("start")), ("end__isnull", False), ("start__isnull", False)),
                    _connector="OR",
                ),
                name="day_exception_hours",
            ),
        ),
        migrations.AddConstraint(
            model_name="shortcall",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="call_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="shortcall",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ["phone", "video", "call_back"])), name="call_way_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="shortcall",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        intake.models_booking.TsTzRange(
                            "starts_at", django.db.models.functions.comparison.Coalesce("blocked_until", "ends_at")
                        ),
                        "&&",
                    ),
                    ("coordinator", "="),
                ],
                name="call_coordinator_free",
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklyhours",
            constraint=models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="weekly_hours_weekday"),
        ),
        migrations.AddConstraint(
            model_name="weeklyhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__gt", models.F("start"))), name="weekly_hours_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklyhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__isnull", True), ("ends__gte", models.F("begins")), _connector="OR"),
                name="weekly_hours_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="weeklyhours",
            constraint=models.CheckConstraint(
                condition=models.Q(("hours_for__in", ["meeting", "call"])), name="weekly_hours_for_known"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
