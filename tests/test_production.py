"""A production deployment that could not work, or would not be safe, does not start."""

import secrets
from pathlib import Path

import pytest

from tests.services.programs import PYTHON, ROOT, Programs, programs

KEY = secrets.token_urlsafe(50)
BAD_KEYS = {
    "": "required",
    "a": "placeholder",
    "a" * 60: "placeholder",
    "django-insecure-" + KEY: "placeholder",
    KEY[:49]: "short",
}
ASK = """
from django.test import Client
print(Client().get("/api/info", HTTP_HOST="localhost", headers={"X-Forwarded-Proto": "https"}).status_code)
"""
PRINT_KEY = "from django.conf import settings; print(settings.SECRET_KEY)"
START = "import statsproject.{}; print('started')"


@pytest.fixture
def production(tmp_path: Path) -> object:
    """Programs with the host's own settings in production, on an SQLite file."""
    environment = {"DJANGO_SETTINGS_MODULE": "statsproject.settings", "PRODUCTION": "1", "SECRET_KEY": KEY}
    with programs(tmp_path, **environment, DATABASE_URL=f"sqlite:///{tmp_path / 'db.sqlite3'}") as started:
        yield started


@pytest.mark.parametrize("key", BAD_KEYS, ids=range(len(BAD_KEYS)))
def test_a_secret_key_that_is_none_is_refused(production: Programs, key: str) -> None:
    result = production.manage("check", SECRET_KEY=key)
    assert result.returncode != 0
    assert "SECRET_KEY" in result.stderr
    assert BAD_KEYS[key] in result.stderr
    assert KEY[:49] not in result.stderr


def test_a_secret_key_may_begin_with_a_dollar_sign(production: Programs) -> None:
    result = production.manage("shell", "--no-imports", "--command", PRINT_KEY, SECRET_KEY=f"$H{KEY}", H="/home")
    assert result.stdout.split()[-1:] == [f"$H{KEY}"], result.stderr


@pytest.mark.parametrize("proxies", ["0", "1"])
def test_the_checks_for_deployments_find_nothing(production: Programs, proxies: str) -> None:
    result = production.manage("check", "--deploy", "--fail-level", "WARNING", STATISTICS_TRUSTED_PROXIES=proxies)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(("proxies", "status"), [("0", 301), ("1", 200)])
def test_only_a_trusted_proxy_may_say_that_a_request_came_by_https(production: Programs, proxies: str, status: int) -> None:
    result = production.manage("shell", "--no-imports", "--command", ASK, STATISTICS_TRUSTED_PROXIES=proxies)
    assert result.stdout.split()[-1:] == [str(status)], result.stderr


@pytest.mark.parametrize("interface", ["wsgi", "asgi"])
def test_without_static_files_no_server_starts(production: Programs, interface: str) -> None:
    def start() -> tuple[int, str]:
        program = production.start_command("server", PYTHON, "-c", START.format(interface), PYTHONPATH=str(ROOT))
        return program.process.wait(120), program.log.read_text()

    assert production.manage("migrate", "-v0").returncode == 0
    status, log = start()
    assert status != 0
    assert "collectstatic" in log
    assert production.manage("collectstatic", "--noinput", "-v0").returncode == 0
    status, log = start()
    assert (status, "started" in log) == (0, True), log
