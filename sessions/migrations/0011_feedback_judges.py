"""What the database itself holds of forms and feedback.

Published forms never change: answers refer to them. A batch is of several people in every question, and never changes.
Nothing is written any more about somebody who is erased.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION questionnaire_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published form never changes' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'questionnaire_frozen';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER questionnaire_frozen BEFORE UPDATE OR DELETE ON peer_sessions_questionnaire
    FOR EACH ROW EXECUTE FUNCTION questionnaire_frozen();

CREATE FUNCTION feedback_batch_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.counts = '{}' OR EXISTS (
        SELECT 1 FROM jsonb_each(NEW.counts) AS question (code, answers)
        WHERE (SELECT coalesce(sum(said.times::int), 0) FROM jsonb_each_text(question.answers) AS said (code, times))
              <> NEW.answers
           OR NEW.answers - (question.answers ->> 'open')::int BETWEEN 1 AND 4
    ) THEN
        RAISE EXCEPTION 'each question speaks of all who answered' USING ERRCODE = 'restrict_violation',
            CONSTRAINT = 'feedback_batch_adds_up';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER feedback_batch_adds_up BEFORE INSERT ON peer_sessions_feedbackbatch
    FOR EACH ROW EXECUTE FUNCTION feedback_batch_adds_up();

CREATE FUNCTION feedback_batch_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a batch never changes' USING ERRCODE = 'restrict_violation',
        CONSTRAINT = 'feedback_batch_frozen';
END $$;
CREATE TRIGGER feedback_batch_frozen BEFORE UPDATE OR DELETE ON peer_sessions_feedbackbatch
    FOR EACH ROW EXECUTE FUNCTION feedback_batch_frozen();

CREATE TRIGGER person_is_here BEFORE INSERT ON peer_sessions_answersheet
    FOR EACH ROW EXECUTE FUNCTION person_is_here();
"""

BACKWARD = """
DROP TRIGGER person_is_here ON peer_sessions_answersheet;
DROP TRIGGER feedback_batch_frozen ON peer_sessions_feedbackbatch;
DROP FUNCTION feedback_batch_frozen();
DROP TRIGGER feedback_batch_adds_up ON peer_sessions_feedbackbatch;
DROP FUNCTION feedback_batch_adds_up();
DROP TRIGGER questionnaire_frozen ON peer_sessions_questionnaire;
DROP FUNCTION questionnaire_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("peer_sessions", "0010_feedback_and_questionnaires"),
        ("privacy", "0011_second_looks"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
