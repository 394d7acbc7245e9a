"""The wheel: it contains the whole app and nothing else."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from statistics_app import __version__

ROOT = Path(__file__).resolve().parent.parent
APP = "statistics_app"
# Including .gitignore, since files that git ignores are not in the wheel unless they are listed as artifacts.
SOURCES = ("pyproject.toml", "README.md", "LICENSE.md", ".gitignore", APP, "templates", "translations")
VENDOR = f"{APP}/static/{APP}/vendor"
NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """Build the wheel from a copy of the sources and open it."""
    copy, built = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("built")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=NOT_SHIPPED)
        else:
            shutil.copy(source, copy / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(built), str(copy)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    [path] = built.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def shipped(folder: Path, inside: str) -> set[str]:
    """Return the names that the files of a folder must have in the wheel."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {f"{inside}/{path.as_posix()}" for path in files}


def test_it_contains_every_module_migration_and_static_file(wheel: zipfile.ZipFile) -> None:
    expected = shipped(ROOT / APP, APP)
    assert {f"{APP}/models/snapshot.py", f"{APP}/migrations/0001_initial.py"} <= expected
    assert any(name.startswith(f"{APP}/static/{APP}/") for name in expected)
    assert expected - set(wheel.namelist()) == set()


def test_it_contains_the_compiled_translations(wheel: zipfile.ZipFile) -> None:
    sources = [name for name in wheel.namelist() if name.endswith(".po")]
    assert f"{APP}/locale/de/LC_MESSAGES/django.po" in sources
    assert {name.replace(".po", ".mo") for name in sources} == {name for name in wheel.namelist() if name.endswith(".mo")}


def test_it_contains_the_vendored_scripts_with_their_licences(wheel: zipfile.ZipFile) -> None:
    names = ("uplot.js", "uplot.css", "uplot.LICENSE", "htmx.js", "htmx.LICENSE")
    assert not [name for name in names if not (ROOT / VENDOR / name).exists()], "`make assets` puts them there."
    assert {f"{VENDOR}/{name}" for name in names} == {name for name in wheel.namelist() if name.startswith(VENDOR)}
    for name in ("uplot.js", "htmx.js"):
        assert b"sourceMappingURL" not in wheel.read(f"{VENDOR}/{name}")
    for name in ("uplot.LICENSE", "htmx.LICENSE"):
        assert b"Permission" in wheel.read(f"{VENDOR}/{name}")


def test_it_contains_the_templates_inside_the_app(wheel: zipfile.ZipFile) -> None:
    expected = shipped(ROOT / "templates" / APP, f"{APP}/templates/{APP}")
    assert expected
    assert expected - set(wheel.namelist()) == set()


def test_it_contains_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    [metadata] = tops - {APP}
    assert metadata.endswith(".dist-info")
    here = shipped(ROOT / APP, APP) | shipped(ROOT / "templates" / APP, f"{APP}/templates/{APP}")
    assert {name for name in wheel.namelist() if name.startswith(f"{APP}/")} - here == set()


def test_it_contains_version_and_licence(wheel: zipfile.ZipFile) -> None:
    [metadata] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    lines = wheel.read(metadata).decode().splitlines()
    assert f"Version: {__version__}" in lines
    assert [name for name in wheel.namelist() if name.endswith("/licenses/LICENSE.md")]


def test_its_requirements_are_declared_and_do_not_include_development_tools(wheel: zipfile.ZipFile) -> None:
    [metadata] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    needs = [
        line.removeprefix("Requires-Dist: ") for line in wheel.read(metadata).decode().splitlines() if "Requires-Dist" in line
    ]
    always = {need.split(">")[0] for need in needs if "extra ==" not in need}
    assert always == {"django", "djangorestframework", "filelock", "msgspec", "prometheus-client", "psutil"}
    extras = {need.partition("extra == ")[2].strip("'\"") for need in needs if "extra ==" in need}
    assert extras == {"celery", "cli", "host", "mongodump", "png", "remote", "schema"}
    assert not [need for need in needs if need.startswith(("pytest", "hypothesis"))]


@pytest.mark.slow
def test_the_source_archive_makes_the_same_wheel(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    [path] = tmp_path.glob("*.whl")  # `build` makes it from the source archive
    with zipfile.ZipFile(path) as opened:
        assert {name for name in opened.namelist() if name.startswith(f"{APP}/")} == {
            name for name in wheel.namelist() if name.startswith(f"{APP}/")
        }


FIND_A_TEMPLATE = """
import site, sys
site.addsitedir(sys.argv[1])
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "statistics_app"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
)
django.setup()
from django.template.loader import get_template
print(get_template("statistics_app/base.html").origin)
"""


@pytest.mark.slow
def test_an_editable_install_of_a_checkout_finds_its_templates(tmp_path: Path) -> None:
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    subprocess.run([sys.executable, *install, "--target", str(tmp_path), "--editable", str(ROOT)], check=True, timeout=200)
    command = [sys.executable, "-c", FIND_A_TEMPLATE, str(tmp_path)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == str(ROOT / APP / "templates" / APP / "base.html")
