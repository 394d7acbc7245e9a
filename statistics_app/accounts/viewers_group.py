"""The group "Statistics viewers".

A migration creates it once, and what administrators do with it stays; only `flush`, which empties all tables, restores it.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import router

from ..models import Snapshot

NAME = "Statistics viewers"
CODENAME = "view_statistics"


def restore_after_flush(
    sender: Any, using: str, verbosity: int = 1, interactive: bool = True, plan: Any = None, **_: Any
) -> None:
    """Create the group again after `flush`, which empties all tables.

    A signal that comes from `migrate` has a plan. Tests flush silently and often: there it would only cost time.
    """
    is_test = not verbosity and not interactive
    if plan is not None or is_test or not router.allow_migrate_model(using, Group):
        return
    group, is_new = Group.objects.using(using).get_or_create(name=NAME)
    if is_new:
        group.permissions.add(_permission(using))


def _permission(using: str) -> Permission:
    """Return the permission, which Django's own handler of the signal may create only later."""
    content_type = ContentType.objects.db_manager(using).get_for_model(Snapshot)
    name = dict(Snapshot._meta.permissions)[CODENAME]
    permissions = Permission.objects.using(using)
    return permissions.get_or_create(content_type=content_type, codename=CODENAME, defaults={"name": name})[0]
