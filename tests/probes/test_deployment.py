"""The deployment according to the settings."""

from pytest_django import Settings

from statistics_app.probes.deployment import read_deploy


def test_the_defaults_are_tar_and_selfinstall(settings: Settings) -> None:
    settings.STATISTICS = {}
    assert list(read_deploy().items()) == [("method", "tar"), ("platform", "selfinstall")]


def test_the_settings_are_read_each_time(settings: Settings) -> None:
    for method in ("docker", "snap"):
        settings.STATISTICS = {"DEPLOY_METHOD": method, "DEPLOY_PLATFORM": "kubernetes"}
        assert read_deploy() == {"method": method, "platform": "kubernetes"}
