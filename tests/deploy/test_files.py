"""The files under deploy/ agree with each other, with the settings, and with the documentation."""

import configparser
import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.services.programs import ROOT, Programs, programs
from tests.test_docs import READ_FROM_ENVIRONMENT

from .printed import commands

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
# Of the database's container, not of the application.
OTHER_VARIABLES = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB"}


def compose() -> dict[str, Any]:
    """Read compose.yaml."""
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def example() -> dict[str, str]:
    """Read .env.example; each variable follows a comment."""
    lines = (DEPLOY / ".env.example").read_text().splitlines()
    assert all(lines[number - 1].startswith("#") for number, line in enumerate(lines) if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def known() -> set[str]:
    """List the environment variables that the settings read."""
    return set(READ_FROM_ENVIRONMENT.findall((ROOT / "statsproject" / "settings.py").read_text()))


def unit(path: Path) -> configparser.ConfigParser:
    """Read a unit; a key may come more than once."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path)
    return parser


def command_of(path: Path, instance: str) -> str:
    """Return the command of a unit as a reader of the documentation types it."""
    command = unit(path)["Service"]["ExecStart"].removeprefix(f"{unit(path)['Service']['WorkingDirectory']}/")
    return command.replace("%%", "\0").replace("%i", instance).replace("\0", "%")


def assert_runs(command: list[str]) -> None:
    """Check that a command is one of the project's, and names a module that exists."""
    assert command[0] in {"granian", "celery", "python"}
    if command[0] == "python":
        assert (ROOT / command[1]).is_file()
    else:
        module = command[command.index("--app") + 1] if command[0] == "celery" else command[-1].partition(":")[0]
        assert importlib.util.find_spec(module)


def test_every_service_runs_a_program_that_exists() -> None:
    for service in compose()["services"].values():
        if service.get("image") == "workspace-statistics" and "command" in service:
            assert_runs(service["command"])
    (command,) = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert_runs(yaml.safe_load(command))


def test_services_have_limits_restarts_health_checks_and_volumes_that_exist() -> None:
    file = compose()
    for name, service in file["services"].items():
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
        assert "stop_grace_period" in service or name == "migrate"
        assert "healthcheck" in service or name.startswith("web")
        for needed in service.get("depends_on", {}):
            assert needed in file["services"]
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source.startswith("/") or source in file["volumes"] or source == "./tls" or (DEPLOY / source).exists()
    web = {name for name in file["services"] if name.startswith("web")}
    assert set(re.findall(r"server (\S+):8000", file["configs"]["upstream"]["content"])) == web


def test_variables_are_those_of_the_settings() -> None:
    assert set(example()) - OTHER_VARIABLES <= known()
    for service in compose()["services"].values():
        assert set(service.get("environment", {})) <= known() | OTHER_VARIABLES
    interpolated = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    assert interpolated <= set(example())


def test_the_example_is_refused_as_it_is(tmp_path: Path) -> None:
    with programs(
        tmp_path, **{**example(), "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "statsproject.settings"}
    ) as run:
        assert_refused(run)


def assert_refused(run: Programs) -> None:
    """Check that nothing starts, and why."""
    result = run.manage("check")
    assert result.returncode != 0
    assert "SECRET_KEY is a placeholder" in result.stderr


def test_the_image_contains_what_it_copies() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    sent = {line.removeprefix("!") for line in lines if line.startswith("!")}
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    copied = [name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.MULTILINE) for name in line.split()]
    assert "requirements/run.txt" in copied
    for name in copied:
        assert (ROOT / name).exists()
        assert any(name == path or name.startswith(f"{path}/") for path in sent), name


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_the_documented_command_as_somebody_without_rights(path: Path) -> None:
    (block,) = [
        block for block in commands("install.md", "The workspace of this repository in production") if "granian" in block
    ]
    instance = {"statistics-web@.service": "8000", "statistics-worker@.service": "1"}.get(path.name, "")
    assert command_of(path, instance) in block.splitlines()
    assert_runs([Path(shlex.split(command_of(path, instance))[0]).name, *shlex.split(command_of(path, instance))[1:]])
    service = unit(path)["Service"]
    assert (service["Restart"], service["KillMode"], service["NoNewPrivileges"]) == ("always", "mixed", "true")
    assert (service["ProtectSystem"], service["PrivateTmp"]) == ("strict", "true")
    assert service["User"] != "root"
    assert f"/var/lib/{service['StateDirectory']}" == example()["VAR_DIR"]
    assert service["EnvironmentFile"] in (ROOT / "docs" / "install.md").read_text()


def test_the_target_starts_units_that_exist() -> None:
    wanted = re.findall(r"[\w-]+(?:@\w+)?\.service", (DEPLOY / "systemd" / "statistics.target").read_text())
    assert len(wanted) == 5
    assert {re.sub(r"@\w+", "@", name) for name in wanted} == {path.name for path in UNITS}
