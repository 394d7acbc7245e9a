"""What of the demonstration can be chosen."""

from pathlib import Path

import pytest

from statsproject.demo.options import USUAL_MESSAGES_PER_HOUR, Options
from statsproject.programs.processes import ProcessError


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a plain `make demo`, which passes empty values on."""
    for name in ("DIR", "KIND", "DEMO_MESSAGES_PER_HOUR"):
        monkeypatch.setenv(name, "")


def test_the_seeded_workspace_is_shown_alive_if_nothing_is_chosen() -> None:
    assert Options.from_environment() == Options(None, "rocketchat", USUAL_MESSAGES_PER_HOUR)


def test_an_export_has_a_database_of_its_own_and_is_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {Options.from_environment().database}
    for folder in ("Export of Monday", "a/Export of Monday"):
        (tmp_path / folder).mkdir(parents=True)
        monkeypatch.setenv("DIR", str(tmp_path / folder))
        options = Options.from_environment()
        assert (options.export, options.messages_per_hour) == (tmp_path / folder, 0)
        names.add(options.database)
    assert len(names) == 3
    assert all(name.isascii() and "/" not in name and " " not in name for name in names)


def test_the_kind_and_the_pace_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DIR": str(tmp_path), "KIND": "slack", "DEMO_MESSAGES_PER_HOUR": "7.5"}.items():
        monkeypatch.setenv(name, value)
    assert Options.from_environment() == Options(tmp_path, "slack", 7.5)


@pytest.mark.parametrize("value", ["many", "-1", "nan", "inf"])
def test_an_unusable_pace_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_MESSAGES_PER_HOUR", value)
    with pytest.raises(ProcessError, match=f"DEMO_MESSAGES_PER_HOUR={value} is not a number of messages"):
        Options.from_environment()


def test_an_export_that_does_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIR", str(tmp_path / "nothing"))
    with pytest.raises(ProcessError, match="does not exist"):
        Options.from_environment()
