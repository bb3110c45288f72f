"""What one person alone must not be able to do, and what must not come after an erasure. Triggers judge every writer.

- A copy on paper goes out once somebody else than who wrote the request down made sure who asks.
- A file that was closed to a coordinator, or opened three times, is not opened once more before somebody looked at it.
- Nothing is written about a person who is erased: a request that was on its way meanwhile ends here.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

# Who made sure was not noted so far: what is open is looked at again.
ASK_AGAIN = "UPDATE privacy_rightsrequest SET identity_checked_at = NULL WHERE state = 'open';"

GLASS = """
CREATE FUNCTION glass_looked_at_first() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed integer;
    unseen integer;
BEGIN
    SELECT count(*) FILTER (WHERE ended_by_id <> by_id AND (reviewed_at IS NULL OR review = 'breach')),
           count(*) FILTER (WHERE reviewed_at IS NULL)
      INTO closed, unseen FROM privacy_glassgrant WHERE by_id = NEW.by_id AND person_id = NEW.person_id;
    IF closed > 0 OR unseen >= 3 THEN
        RAISE EXCEPTION 'somebody looks at the earlier openings first'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'glass_looked_at_first';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER glass_looked_at_first BEFORE INSERT ON privacy_glassgrant
    FOR EACH ROW EXECUTE FUNCTION glass_looked_at_first();
"""
GLASS_BACK = """
DROP TRIGGER glass_looked_at_first ON privacy_glassgrant;
DROP FUNCTION glass_looked_at_first();
"""

# The lock waits for an erasure that is being carried out, and then sees what became of the account.
GONE = """
CREATE FUNCTION person_is_here() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    known text;
BEGIN
    SELECT username INTO known FROM psp_user WHERE id = NEW.person_id FOR KEY SHARE;
    IF known LIKE 'gone-%' THEN
        RAISE EXCEPTION 'this person is erased'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'person_is_here';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER person_is_here BEFORE INSERT ON privacy_rightsrequest
    FOR EACH ROW EXECUTE FUNCTION person_is_here();
"""
GONE_BACK = """
DROP TRIGGER person_is_here ON privacy_rightsrequest;
DROP FUNCTION person_is_here();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0010_findings_and_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="rightsrequest",
            name="identity_checked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalrightsrequest",
            name="identity_checked_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(ASK_AGAIN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="rightsrequest",
            constraint=models.CheckConstraint(
                condition=~Q(state="open")
                | Q(identity_checked_at__isnull=True)
                | Q(identity_checked_by__isnull=False) & ~Q(identity_checked_by=F("recorded_by")),
                name="rights_identity_checked_by_another",
            ),
        ),
        migrations.RunSQL(GLASS, GLASS_BACK),
        migrations.RunSQL(GONE, GONE_BACK),
    ]
