"""The way in that README.md describes: few commands and lines, from a new project to the first right response."""

import json
import shlex
from pathlib import Path

import pytest

from .environments import Environment, new_environment
from .fresh_project import COUNTS, ROWS, FreshProject
from .snippets import Snippet, add, snippets_of

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.slow,
]

MOST_COMMANDS, MOST_LINES = 6, 16
CHECKOUT = "path/to/the/checkout"


def way_in() -> list[Snippet]:
    return snippets_of("README.md", "## Add it to your project")


def commands() -> list[str]:
    return [line for snippet in way_in() if snippet.language == "sh" for line in snippet.lines]


def files() -> list[Snippet]:
    return [snippet for snippet in way_in() if snippet.language == "python"]


def test_it_takes_six_commands_and_sixteen_lines_at_most() -> None:
    assert len(commands()) <= MOST_COMMANDS
    assert sum(len(snippet.lines) for snippet in files()) <= MOST_LINES


def test_it_leads_from_a_new_project_to_the_first_right_response(project: FreshProject, wheel: Path, tmp_path: Path) -> None:
    project.shell(ROWS)
    # An environment with Django only, as before the first command.
    environment = new_environment(tmp_path / "venv")
    environment.install("django", "psycopg[binary]")
    project = FreshProject(project.folder, environment)

    assets, install, migrate, token, serve, curl = commands()
    assert assets == f"make -C {CHECKOUT} assets"  # what it does is tested with the wheel
    environment.install(*shlex.split(install.replace(CHECKOUT, str(wheel)))[4:])
    for snippet in files():
        add(project.folder, snippet)
    project.manage(*migrate.split()[2:])
    headers = project.manage(*token.split()[2:]).splitlines()
    with project.served(serve) as url:
        words = shlex.split(curl.replace("http://127.0.0.1:8000", url))
        places = [n for n, word in enumerate(words) if word.endswith("…")]
        assert [words[n].partition(":")[0] for n in places] == [header.partition(":")[0] for header in headers]
        for n, header in zip(places, headers, strict=True):
            words[n] = header
        answered = project.run(*words)
        assert answered.returncode == 0, answered.stderr
        document = json.loads(answered.stdout)
        assert {key: document[key] for key in COUNTS} == COUNTS

        redirected = project.run("curl", "--silent", "--location", f"{url}/statistics/")
        assert "<h1" in redirected.stdout
        assert 'name="password"' in redirected.stdout


def test_without_the_sign_in_page_in_the_settings_the_pages_would_be_missing(project: FreshProject, base: Environment) -> None:
    for snippet in files():
        add(project.folder, Snippet(snippet.language, snippet.file, snippet.text.replace("LOGIN_URL", "NO_URL")))
    project.manage("migrate", "--verbosity", "0")
    with project.served("python manage.py runserver") as url:
        status = project.run(
            "curl", "--silent", "--location", "--output", "/dev/null", "--write-out", "%{http_code}", f"{url}/statistics/"
        )
    assert status.stdout == "404"
