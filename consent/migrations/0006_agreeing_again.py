"""Earlier signatures end some time after a new text; signatures on paper; purposes that are switched off."""

from django.db import migrations, models

# Versions that were published before there was a period of grace give one from today on.
GIVE_GRACE = """
ALTER TABLE consent_consentversion DISABLE TRIGGER consent_version_frozen;
UPDATE consent_consentversion SET older_until = GREATEST(valid_from, CURRENT_DATE) + 60
    WHERE published_at IS NOT NULL AND number > 1;
ALTER TABLE consent_consentversion ENABLE TRIGGER consent_version_frozen;
"""

FORWARD = """
CREATE FUNCTION consent_signature_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM consent_consentversion v WHERE v.id = NEW.version_id
                   AND v.purpose = NEW.purpose AND v.published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'only a published text of the same purpose can be signed' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'consent_text_published';
    END IF;
    IF EXISTS (SELECT 1 FROM consent_purposeswitch s WHERE s.purpose = NEW.purpose AND NOT s.offered) THEN
        RAISE EXCEPTION 'this purpose is not offered' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'consent_purpose_offered';
    END IF;
    -- The paper's own clock is not known: a withdrawal on the same day counts as later. In doubt, no.
    IF NEW.manner = 'paper' AND EXISTS (
        SELECT 1 FROM consent_withdrawal w JOIN consent_consent c ON c.id = w.consent_id
        WHERE c.person_id = NEW.person_id AND c.purpose = NEW.purpose AND w.at >= NEW.signed_on
    ) THEN
        RAISE EXCEPTION 'this was taken back after the paper was signed' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'consent_taken_back_since';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_signature_whole BEFORE INSERT ON consent_consent
    FOR EACH ROW EXECUTE FUNCTION consent_signature_whole();

CREATE FUNCTION consent_has_witness() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM consent_countersignature s WHERE s.consent_id = NEW.id) THEN
        RAISE EXCEPTION 'what was read aloud or signed on paper needs the name of a team member'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consent_has_witness';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER consent_has_witness AFTER INSERT ON consent_consent DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.manner <> 'online') EXECUTE FUNCTION consent_has_witness();
"""

BACKWARD = """
DROP TRIGGER consent_has_witness ON consent_consent;
DROP FUNCTION consent_has_witness();
DROP TRIGGER consent_signature_whole ON consent_consent;
DROP FUNCTION consent_signature_whole();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0005_erasure_opens"),
    ]

    operations = [
        migrations.CreateModel(
            name="PurposeSwitch",
            fields=[
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("taking_part", "Taking part"),
                            ("contact_email", "Being contacted by e-mail"),
                            ("contact_sms", "Being contacted by text message"),
                            ("contact_phone", "Being called"),
                            ("contact_post", "Being contacted by post"),
                            ("results", "Being counted in results"),
                            ("evaluation", "Answering questionnaires"),
                            ("research", "Being told about research later"),
                            ("recording", "Being recorded"),
                        ],
                        editable=False,
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                        verbose_name="purpose",
                    ),
                ),
                ("offered", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "purpose of consent",
                "verbose_name_plural": "purposes of consent",
                "ordering": ["purpose"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="consentversion",
            name="consent_purpose_known",
        ),
        migrations.AddField(
            model_name="consent",
            name="signed_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="consentversion",
            name="older_until",
            field=models.DateField(
                blank=True, editable=False, null=True, verbose_name="earlier signatures count until"
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("taking_part", "Taking part"),
                    ("contact_email", "Being contacted by e-mail"),
                    ("contact_sms", "Being contacted by text message"),
                    ("contact_phone", "Being called"),
                    ("contact_post", "Being contacted by post"),
                    ("results", "Being counted in results"),
                    ("evaluation", "Answering questionnaires"),
                    ("research", "Being told about research later"),
                    ("recording", "Being recorded"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="consentversion",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("taking_part", "Taking part"),
                    ("contact_email", "Being contacted by e-mail"),
                    ("contact_sms", "Being contacted by text message"),
                    ("contact_phone", "Being called"),
                    ("contact_post", "Being contacted by post"),
                    ("results", "Being counted in results"),
                    ("evaluation", "Answering questionnaires"),
                    ("research", "Being told about research later"),
                    ("recording", "Being recorded"),
                ],
                max_length=20,
                verbose_name="purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("manner", "paper"), ("signed_on__isnull", False)),
                    models.Q(models.Q(("manner", "paper"), _negated=True), ("signed_on__isnull", True)),
                    _connector="OR",
                ),
                name="consent_paper_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="consentversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "purpose__in",
                        [
                            "taking_part",
                            "contact_email",
                            "contact_sms",
                            "contact_phone",
                            "contact_post",
                            "results",
                            "evaluation",
                            "research",
                            "recording",
                        ],
                    )
                ),
                name="consent_purpose_known",
            ),
        ),
        migrations.RunSQL(GIVE_GRACE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="consentversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_at__isnull", True), ("number", 1), ("older_until__isnull", False), _connector="OR"
                ),
                name="consent_version_has_grace",
            ),
        ),
        migrations.AddConstraint(
            model_name="purposeswitch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("offered", True), models.Q(("purpose", "taking_part"), _negated=True), _connector="OR"
                ),
                name="consent_taking_part_offered",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
