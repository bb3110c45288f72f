"""The index of the names that are there already, a thousand accounts at a time."""

from django.db import migrations, transaction

from psp.crypto import keyring

BATCH = 1000


def fill(apps, _schema_editor):
    """Safe to run again after an interruption: every batch stands by itself."""
    users = apps.get_model("psp", "User").objects.filter(name_index="").order_by("pk").only("pk", "name", "name_index")
    last = None
    while batch := list(users.filter(pk__gt=last)[:BATCH] if last else users[:BATCH]):
        keyring.clear()
        keyring.fetch([user.pk for user in batch])
        for user in batch:
            user.name_index = keyring.index_of(user.name, column="psp.user.name_index", kind="name")
        with transaction.atomic():
            users.model.objects.bulk_update(batch, ["name_index"])
        last = batch[-1].pk
    keyring.clear()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("psp", "0003_name_index")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
