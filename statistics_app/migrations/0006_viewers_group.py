"""A group to put people into who may see the statistics."""

from typing import Any

from django.db import migrations, router

GROUP = "Statistics viewers"
CODENAME = "view_statistics"


def make_group(apps: Any, schema_editor: Any) -> None:
    """Make the group, once: one that an administrator deletes or changes later stays so. One of that name only gains the permission."""
    using = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group")
    if not router.allow_migrate_model(using, groups):
        return
    group, _ = groups.objects.using(using).get_or_create(name=GROUP)
    group.permissions.add(_permission(apps, using))


def _permission(apps: Any, using: str) -> Any:
    """Find the permission; Django makes all permissions only after the last migration, and then finds this one."""
    snapshots = apps.get_model("statistics_app", "Snapshot")._meta
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(using)
    kind, _ = kinds.get_or_create(app_label=snapshots.app_label, model=snapshots.model_name)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    name = dict(snapshots.permissions)[CODENAME]
    permission, _ = permissions.get_or_create(content_type=kind, codename=CODENAME, defaults={"name": name})
    return permission


class ForGroups(migrations.RunPython):
    """An operation that runs where the groups are, although the app's own tables may be in another database."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Run the function without asking whether the app's tables belong into this database."""
        from_state.clear_delayed_apps_cache()
        self.code(from_state.apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("statistics_app", "0005_failed_attempt"),
    ]

    operations = [
        # Undone it leaves the group, which may have members by now.
        ForGroups(make_group, migrations.RunPython.noop),
    ]
