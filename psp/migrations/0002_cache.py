"""The cache table: rate limits live in PostgreSQL, so that they do not depend on the broker."""

from django.db import migrations

FORWARD = """
CREATE TABLE psp_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX psp_cache_expires ON psp_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("psp", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, "DROP TABLE psp_cache")]
