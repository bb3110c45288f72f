"""Whoever left a group and comes back for one session is judged like anybody else who comes without a place: their
place of long ago was judged among other people. That somebody was there while they had a place stays a fact."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("sessions.migrations.0005_drop_in_kept_apart").FORWARD
FUNCTION = BEFORE[: BEFORE.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
ANY_PLACE = """
        SELECT 1 FROM groups_membership WHERE group_id = the_group AND participant_id = NEW.participant_id
    ) THEN"""
PLACE_THEN = """
        SELECT 1 FROM groups_membership AS place
          JOIN peer_sessions_groupsession AS session ON session.id = NEW.session_id
         WHERE place.group_id = the_group AND place.participant_id = NEW.participant_id
           AND (place.state = 'member' OR place.left_at > session.starts_at)
    ) THEN"""
assert FUNCTION.count(ANY_PLACE) == 1


class Migration(migrations.Migration):
    dependencies = [("peer_sessions", "0014_video")]
    operations = [migrations.RunSQL(FUNCTION.replace(ANY_PLACE, PLACE_THEN), FUNCTION)]
