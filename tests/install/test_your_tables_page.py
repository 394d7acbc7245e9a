"""The step by step of docs/your-tables.md, done in a new project."""

from pathlib import Path

import pytest

from .environments import Environment
from .fresh_project import FreshProject, start_project
from .snippets import Snippet, add, snippets_of

pytestmark = [pytest.mark.timeout(900), pytest.mark.django_db, pytest.mark.slow]


def steps(language: str) -> list[str]:
    return [
        one.text for one in snippets_of("docs/your-tables.md", "## A `MappedSource`, step by step") if one.language == language
    ]


@pytest.fixture
def host(base: Environment, database_of_host: str, tmp_path: Path) -> FreshProject:
    """A project with the models, the source and the setting that the page prints."""
    models, source, setting = steps("python")
    project = start_project(tmp_path / "project", base, database_of_host, models)
    [_, *others] = [one for one in snippets_of("README.md", "## Add it to your project") if one.language == "python"]
    for snippet in (
        *others,
        Snippet("python", "forum/statistics_source.py", source),
        Snippet("python", "mysite/settings.py", setting),
    ):
        add(project.folder, snippet)
    project.manage("migrate", "--verbosity", "0")
    return project


def test_the_declarations_fit_the_models(host: FreshProject) -> None:
    assert "no issues" in host.manage("check", "--database", "default", "--fail-level", "INFO")


def test_exactly_the_listed_keys_are_unknown(host: FreshProject) -> None:
    [listed] = steps("text")
    printed = host.run("python", "manage.py", "generate_statistics").stderr.splitlines()
    assert printed == [line for line in listed.splitlines() if line]
