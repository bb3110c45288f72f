"""Old entries go by their retention rule: from the chain's beginning up to a signed checkpoint, and not otherwise.

`audit_thin` acts as the owner of the tables, because the program's role can delete nothing here. Two functions tell it
what it may not know by itself; the floor above, which has rules and holds, replaces them. Until then nothing goes.
"""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import F, Q

FORWARD = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('psp.audit_thinning', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION audit_checkpoint_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a checkpoint never changes' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'audit_checkpoint_frozen';
END $$;
CREATE TRIGGER audit_checkpoint_frozen BEFORE UPDATE OR DELETE ON audit_checkpoint
    FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_refuse();

CREATE FUNCTION audit_may_thin(batch uuid, cutoff timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN false;
END $$;
CREATE FUNCTION audit_must_keep(person uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN false;
END $$;

CREATE FUNCTION audit_thin(
    p_at timestamptz, p_link bigint, p_digest text, p_cutoff timestamptz, p_removed int, p_kept int, p_batch uuid,
    p_signature text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made bigint;
    gone int;
    stay bigint[];
BEGIN
    IF p_cutoff > clock_timestamp() - interval '2 years' THEN
        RAISE EXCEPTION 'entries are kept for two years' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'audit_thin_floor';
    END IF;
    IF abs(extract(epoch FROM p_at - clock_timestamp())) > 300 THEN
        RAISE EXCEPTION 'a checkpoint is made now' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'audit_thin_now';
    END IF;
    IF NOT audit_may_thin(p_batch, p_cutoff) THEN
        RAISE EXCEPTION 'no approved disposal covers this' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'audit_thin_approved';
    END IF;
    PERFORM FROM audit_link WHERE id = p_link AND digest = p_digest;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such link' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_thin_link';
    END IF;
    PERFORM FROM audit_link link JOIN audit_entry entry ON entry.id = link.entry_id
      WHERE link.id <= p_link AND entry.at >= p_cutoff;
    IF FOUND THEN
        RAISE EXCEPTION 'a younger entry would go' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'audit_thin_young';
    END IF;
    SELECT coalesce(array_agg(entry.id ORDER BY entry.id), '{}') INTO stay
      FROM audit_link link JOIN audit_entry entry ON entry.id = link.entry_id
      WHERE link.id <= p_link AND audit_must_keep(entry.person);
    INSERT INTO audit_checkpoint (at, link, digest, cutoff, removed, kept, batch, signature)
      VALUES (p_at, p_link, p_digest, p_cutoff, p_removed, p_kept, p_batch, p_signature) RETURNING id INTO made;
    PERFORM set_config('psp.audit_thinning', 'on', true);
    WITH unlinked AS (DELETE FROM audit_link WHERE id <= p_link RETURNING entry_id)
    DELETE FROM audit_entry entry USING unlinked WHERE entry.id = unlinked.entry_id AND entry.id <> ALL (stay);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('psp.audit_thinning', 'off', true);
    IF gone <> p_removed OR cardinality(stay) <> p_kept THEN
        RAISE EXCEPTION 'the checkpoint counts otherwise' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'audit_thin_counts';
    END IF;
    -- What a hold keeps is sealed anew at the chain's end.
    INSERT INTO audit_unsealed (entry_id) SELECT unnest(stay);
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION audit_thin(timestamptz, bigint, text, timestamptz, int, int, uuid, text) FROM PUBLIC;
"""

BACKWARD = """
DROP FUNCTION audit_thin(timestamptz, bigint, text, timestamptz, int, int, uuid, text);
DROP FUNCTION audit_must_keep(uuid);
DROP FUNCTION audit_may_thin(uuid, timestamptz);
DROP TRIGGER audit_checkpoint_frozen ON audit_checkpoint;
DROP FUNCTION audit_checkpoint_refuse();
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_triggers")]
    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("link", models.BigIntegerField(unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("cutoff", models.DateTimeField()),
                ("removed", models.PositiveIntegerField()),
                ("kept", models.PositiveIntegerField()),
                ("batch", models.UUIDField()),
                ("signature", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(cutoff__lte=F("at") - timedelta(days=730)), name="audit_checkpoint_floor"
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
