"""Hours follow their states, fit into a day, and never change once they are handed to pay.

For every writer, after locking the account's row, so that two at once are one after the other. Forgetting a person
(`psp.letting_go`) is the one thing that may take away what otherwise stays.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION hours_line_judge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_line supporters_hoursline%ROWTYPE;
    taken bigint;
    same_content boolean := false;
BEGIN
    IF current_setting('psp.letting_go', true) = 'yes' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.state = 'exported' THEN
        RAISE EXCEPTION 'what was handed to pay stays as it is; a new line corrects it'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hours_locked_once_exported';
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state NOT IN ('draft', 'returned') THEN
            RAISE EXCEPTION 'hours that were sent are taken back before they are removed'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hours_sent_stay';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'hours begin as a draft'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hours_begin_as_draft';
        END IF;
    ELSE
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('draft', 'sent'), ('returned', 'sent'), ('sent', 'draft'), ('sent', 'returned'), ('sent', 'approved'),
            ('approved', 'sent'), ('approved', 'exported')
        ) THEN
            RAISE EXCEPTION 'no way leads from % to %', OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hours_states_in_order';
        END IF;
        same_content := (OLD.user_id, OLD.role, OLD.day, OLD.kind, OLD.minutes) =
                        (NEW.user_id, NEW.role, NEW.day, NEW.kind, NEW.minutes)
            AND (OLD.starts_at, OLD.ends_at, OLD.about, OLD.corrects_id) IS NOT DISTINCT FROM
                (NEW.starts_at, NEW.ends_at, NEW.about, NEW.corrects_id);
        IF NOT same_content AND (OLD.state NOT IN ('draft', 'returned') OR NEW.user_id <> OLD.user_id) THEN
            RAISE EXCEPTION 'hours that were sent say what they said'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hours_content_settled';
        END IF;
    END IF;
    IF NEW.state = 'exported' AND NOT EXISTS (
        SELECT FROM supporters_payexport WHERE id = NEW.export_id AND approved_by_id IS NOT NULL AND last_day >= NEW.day
    ) THEN
        RAISE EXCEPTION 'two people agree before hours are handed to pay'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hours_export_agreed';
    END IF;
    IF same_content THEN
        RETURN NEW;
    END IF;
    IF NEW.starts_at IS NOT NULL AND NEW.ends_at <> NEW.starts_at + NEW.minutes * interval '1 minute' THEN
        RAISE EXCEPTION 'minutes are those between the two times'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_length_of_its_times';
    END IF;
    IF NEW.starts_at IS NOT NULL
        AND abs((NEW.starts_at AT TIME ZONE 'UTC')::date - NEW.day) > 1 THEN
        RAISE EXCEPTION 'a line counts on the day on which it begins'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_on_the_day_of_its_times';
    END IF;
    PERFORM FROM psp_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    IF NEW.corrects_id IS NOT NULL THEN
        SELECT * INTO old_line FROM supporters_hoursline WHERE id = NEW.corrects_id;
        IF old_line.state <> 'exported' OR old_line.corrects_id IS NOT NULL
            OR (old_line.user_id, old_line.role, old_line.day, old_line.kind) IS DISTINCT FROM
               (NEW.user_id, NEW.role, NEW.day, NEW.kind) THEN
            RAISE EXCEPTION 'a correction is about one line of the same person that was handed to pay'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'hours_correction_fits';
        END IF;
        SELECT coalesce(sum(minutes), 0) INTO taken FROM supporters_hoursline
        WHERE corrects_id = NEW.corrects_id AND id <> NEW.id;
        IF old_line.minutes + taken + NEW.minutes < 0 THEN
            RAISE EXCEPTION 'no more can be taken away than was paid'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_never_below_nothing';
        END IF;
    END IF;
    SELECT coalesce(sum(minutes), 0) INTO taken FROM supporters_hoursline
    WHERE user_id = NEW.user_id AND day = NEW.day AND id <> NEW.id;
    IF taken + NEW.minutes > 1440 AND NEW.minutes > 0 THEN
        RAISE EXCEPTION 'a day has 24 hours'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_within_a_day';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hours_line_judge BEFORE INSERT OR UPDATE OR DELETE ON supporters_hoursline
    FOR EACH ROW EXECUTE FUNCTION hours_line_judge();

CREATE FUNCTION pay_export_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('psp.letting_go', true) = 'yes' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.approved_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'a file that two people agreed to stays as it is'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pay_export_settled';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER pay_export_judge BEFORE UPDATE OR DELETE ON supporters_payexport
    FOR EACH ROW EXECUTE FUNCTION pay_export_judge();

CREATE FUNCTION pay_export_person_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('psp.letting_go', true) IS DISTINCT FROM 'yes' AND EXISTS (
        SELECT FROM supporters_payexport WHERE id = OLD.export_id AND approved_by_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a file that two people agreed to stays as it is'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'pay_export_person_settled';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER pay_export_person_judge BEFORE UPDATE OR DELETE ON supporters_payexportperson
    FOR EACH ROW EXECUTE FUNCTION pay_export_person_judge();
"""

BACKWARD = """
DROP TRIGGER pay_export_person_judge ON supporters_payexportperson;
DROP FUNCTION pay_export_person_judge();
DROP TRIGGER pay_export_judge ON supporters_payexport;
DROP FUNCTION pay_export_judge();
DROP TRIGGER hours_line_judge ON supporters_hoursline;
DROP FUNCTION hours_line_judge();
"""


class Migration(migrations.Migration):
    dependencies = [("supporters", "0015_hours_and_leave")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
