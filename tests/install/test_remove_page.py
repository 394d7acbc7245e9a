"""The commands of docs/remove.md leave nothing of the app in the host's database, whose writes go on."""

import shlex

import pytest
from django.db import connection

from tests.otherchat.left_over import CATALOGUE

from .fresh_project import ROWS, FreshProject
from .snippets import add, snippets_of

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.slow,
]

PAGE = "docs/remove.md"
WRITE = """
from django.utils import timezone
from forum.models import Post, Space
space = Space.objects.create(is_open=True)
Post.objects.create(space=space, written_at=timezone.now())
Post.objects.filter(space=space).update(author=None)
space.is_open = False
space.save()
space.delete()
"""
STALE = """
from django.contrib.contenttypes.models import ContentType
print([*ContentType.objects.filter(app_label="statistics_app")])
"""
GROUPS = "from django.contrib.auth.models import Group; print(Group.objects.count())"


@pytest.fixture
def host(project: FreshProject) -> FreshProject:
    """A project that has had the app, with a snapshot, for a while."""
    project.shell(ROWS)
    for name in ("settings", "urls"):
        file = project.folder / "mysite" / f"{name}.py"
        file.with_suffix(".before").write_text(file.read_text())
    for snippet in snippets_of("README.md", "## Add it to your project"):
        if snippet.language == "python":
            add(project.folder, snippet)
    project.manage("migrate", "--verbosity", "0")
    project.manage("generate_statistics")
    assert "trigger statistics_tally_rooms_added" in left_over(project)
    return project


def left_over(project: FreshProject) -> str:
    return project.shell(
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        f"    cursor.execute({CATALOGUE[connection.vendor]!r})\n"
        "    print(*(name for name, in cursor.fetchall()), sep='\\n')"
    ).strip()


def follow(project: FreshProject, heading: str) -> None:
    """Do what a section prints."""
    for snippet in snippets_of(PAGE, heading):
        if snippet.file:
            add(project.folder, snippet)
        for line in snippet.lines if snippet.language == "sh" else ():
            project.manage(*shlex.split(line)[2:])


def test_the_triggers_can_be_removed_alone(host: FreshProject) -> None:
    follow(host, "## The triggers alone")
    assert "statistics_tally_" not in left_over(host)
    host.shell(WRITE)
    assert "7 messages" in host.manage("generate_statistics")
    host.manage("migrate", "--verbosity", "0")
    assert "statistics_tally_" not in left_over(host)


def test_everything_can_be_removed(host: FreshProject) -> None:
    follow(host, "## Everything")
    assert left_over(host) == ""
    for name in ("settings", "urls"):
        file = host.folder / "mysite" / f"{name}.py"
        file.write_text(file.with_suffix(".before").read_text())
    (host.folder / "forum" / "statistics_source.py").unlink()
    host.manage("migrate", "--verbosity", "0")
    host.manage("check", "--database", "default", "--fail-level", "WARNING")
    host.shell(WRITE)
    assert left_over(host) == ""
    assert host.shell(GROUPS) == "0\n"
    assert host.shell(STALE) != "[]\n"
    host.manage("remove_stale_contenttypes", "--include-stale-apps", "--no-input")
    assert host.shell(STALE) == "[]\n"
