"""Servers of the version before run on while migrations are applied, and until they are restarted in turn."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.services.programs import ROOT

from .printed import commands

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# The first version whose servers may run on, as docs/upgrade.md says.
FIRST = ("statistics_app", "0010_snapshots_by_day")


def test_writes_of_old_servers_fit_the_migrated_tables() -> None:
    state = MigrationLoader(connection).project_state(FIRST)
    added = []
    with connection.cursor() as cursor:
        for model in state.apps.get_app_config("statistics_app").get_models():
            described = {one.name: one for one in connection.introspection.get_table_description(cursor, model._meta.db_table)}
            known = {field.column for field in model._meta.concrete_fields}
            assert known <= set(described)
            added += [described[name] for name in set(described) - known]
    assert "part_seconds" in {column.name for column in added}
    assert [column.name for column in added if not column.null_ok and column.default is None] == []


def test_the_documented_upgrade_restarts_what_exists_in_the_right_order() -> None:
    systemd, containers = commands("upgrade.md", "A deployment of this repository")
    for block, order in (
        (systemd, ("collectstatic", "stop statistics-beat", "migrate", "@8000", "@8001", "start statistics-worker")),
        (containers, ("build", "stop beat", "migrate", "web-1", "web-2")),
    ):
        places = [block.index(word) for word in order]
        assert places == sorted(places)
    assert f"from migration {FIRST[1][:4]} of the app" in " ".join((ROOT / "docs" / "upgrade.md").read_text().split())
