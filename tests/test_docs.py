"""The documentation says what the code says."""

import ast
import json
import re
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

import pytest

from docs.generate import PAGES
from statistics_app.catalogue.statistic import Statistic
from statistics_app.catalogue.statistics import CATALOGUE
from statistics_app.conf import SETTINGS, Setting
from statistics_app.sources.base import ChatSource
from statsproject.chat.seeding.people import users
from statsproject.chat.seeding.plan import Plan

ROOT = Path(__file__).resolve().parent.parent

HEADING = re.compile(r"^### `([^`]+)`$", re.MULTILINE)
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r'<(?:img src|source [^>]*srcset)="([^"]+)"')
LINK = re.compile(r"\]\(([^)\s]+)\)")
MAKE_IN_TEXT = re.compile(r"`make ([a-z][a-z-]*)[^`]*`")
MAKE_IN_SHELL = re.compile(r"^make ([a-z][a-z-]*)", re.MULTILINE)
READ_FROM_ENVIRONMENT = re.compile(r"""\benv(?:iron)?(?:\.\w+)?\(\s*"([A-Z_]+)\"""")
READ_BY_THE_DEMO = re.compile(r"""\bos\.environ(?:\.get\(|\[)"([A-Z_]+)"[\])](?!\s*=)""")

# Written in parts, so that this file does not hold what it forbids.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
    "rubygems" + ".org",
    "packagist" + ".org",
    "crates" + ".io",
    "proxy.golang" + ".org",
]
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"]) + r")/\w")


@cache
def files() -> list[Path]:
    """List the files that belong to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def pages() -> list[Path]:
    """List the pages of documentation."""
    return [path for path in files() if path.suffix == ".md"]


def named(path: Path) -> str:
    """Name a file in a test's id."""
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str | None:
    """Read a file, or return None when it is no text."""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return None


def sections(page: str, chapter: str = "") -> dict[str, str]:
    """Split a page, or one of its chapters, by its `### ` headings of a name; white space is evened out."""
    text = (ROOT / "docs" / page).read_text()
    if chapter:
        text = text.split(f"\n## {chapter}\n", 1)[1].split("\n## ", 1)[0]
    parts = HEADING.split(text)[1:]
    return {name: " ".join(body.split()) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def anchors(path: Path) -> set[str]:
    """List what can be linked to on a page."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_account_of_the_documented_login_is_that_of_the_demonstration() -> None:
    plan = Plan(now=datetime(2026, 1, 1, tzinfo=UTC))
    account = next(users(plan, Random("users")))
    text = (ROOT / "docs" / "api.md").read_text().partition("## `POST /api/v1/login`")[2]
    [(command, answer)] = re.findall(r"```sh\ncurl -d user=(\w+) .*?```json\n(.*?)```", text.partition("\n## ")[0], re.DOTALL)
    data = json.loads(answer)["data"]
    assert (command, data["userId"]) == (account.username, account.pk)
    documented = {key: data["me"][key] for key in ("_id", "username", "name", "email", "emails", "active", "language")}
    assert documented == {key: value for key, value in ChatSource(plan.now).me(account).items() if key in documented} | {
        "language": account.language
    }


@pytest.mark.parametrize("page", PAGES)
def test_what_the_code_knows_is_generated(page: str) -> None:
    text = (ROOT / "docs" / page).read_text()
    assert PAGES[page](text) == text, "Run `make docs`."


def test_a_page_gets_a_section_for_what_is_new_and_keeps_what_is_written_by_hand() -> None:
    text = (ROOT / "docs" / "statistics.md").read_text()
    start, end = text.index("### `userLanguages`"), text.index("### `totalRooms`")
    assert '{"en": 132' in text[start:end]
    added = PAGES["statistics.md"](text[:start] + text[end:])
    assert "### `userLanguages`\n\nAccounts by language" in added
    assert '{"en": 132' not in added
    stale = text.replace("Accounts by language", "Accounts by colour") + "\n### `gone`\n\nIs no more.\n"
    assert PAGES["statistics.md"](stale) == text


@pytest.mark.parametrize("statistic", CATALOGUE, ids=lambda statistic: statistic.key)
def test_a_statistic_is_explained_in_the_words_of_the_catalogue(statistic: Statistic) -> None:
    section = sections("statistics.md")[statistic.key]
    assert section.startswith(f"{statistic.definition} Type: ")
    assert "Null if " in section or "Never null." in section


def test_the_statistics_stand_in_wire_order_and_no_other_is_explained() -> None:
    assert list(sections("statistics.md")) == [statistic.key for statistic in CATALOGUE]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_setting_is_explained_with_its_default(setting: Setting) -> None:
    section = sections("settings.md", "`STATISTICS`")[setting.name]
    assert section.startswith(f"{setting.meaning} Default: `{setting.default!r}`. It must be {setting.expected}.")


def test_no_setting_is_explained_that_does_not_exist() -> None:
    assert list(sections("settings.md", "`STATISTICS`")) == [setting.name for setting in SETTINGS]


def test_exactly_the_environment_variables_that_the_host_reads_are_explained() -> None:
    read = set(READ_FROM_ENVIRONMENT.findall((ROOT / "statsproject" / "settings.py").read_text()))
    assert len(read) > 10
    assert set(sections("settings.md", "Environment")) == read


@pytest.mark.parametrize(
    ("package", "chapter"), [("demo", "The demonstration"), ("up", "`make up`"), ("watch", "`make watch`")]
)
def test_the_environment_variables_that_a_command_reads_are_explained(package: str, chapter: str) -> None:
    folders = [ROOT / "statsproject" / name for name in (package, "programs")]
    source = "".join(path.read_text() for folder in folders for path in folder.glob("*.py"))
    read = set(READ_BY_THE_DEMO.findall(source)) - ({"DATABASE_URL"} if package != "up" else set())
    assert {"PORT", "VAR_DIR"} <= read
    assert read <= set(sections("settings.md", chapter))


@pytest.mark.parametrize("page", pages(), ids=named)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(FENCED.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", pages(), ids=named)
def test_make_targets_that_are_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = page.read_text()
    shell = "".join(body for _, body in FENCED.findall(text))
    assert {*MAKE_IN_TEXT.findall(text), *MAKE_IN_SHELL.findall(shell)} <= targets


@pytest.mark.parametrize("page", pages(), ids=named)
def test_python_on_a_page_parses(page: Path) -> None:
    for language, body in FENCED.findall(page.read_text()):
        if language == "python":
            ast.parse(body)


def test_every_page_of_docs_is_linked_from_the_readme() -> None:
    linked = set(LINK.findall((ROOT / "README.md").read_text()))
    assert {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} <= linked


@pytest.mark.parametrize("page", pages(), ids=named)
def test_pictures_on_a_page_exist_and_load_quickly(page: Path) -> None:
    sizes = {name: (page.parent / name).stat().st_size for name in PICTURE.findall(page.read_text())}
    assert {name: size for name, size in sizes.items() if size > 200_000} == {}


def test_the_readme_begins_with_a_picture_for_both_themes() -> None:
    shown = PICTURE.findall((ROOT / "README.md").read_text().partition("\n## ")[0])
    assert shown == ["docs/images/workspace-dark.png", "docs/images/workspace-light.png"]


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    found = [
        f"{named(path)}: {what}"
        for path in files()
        if (text := text_of(path)) is not None
        for what in [*(host for host in REGISTRIES if host in text), *(match.group() for match in MACHINE_PATH.finditer(text))]
    ]
    assert found == []
