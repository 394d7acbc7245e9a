"""How this workspace was deployed, as its settings say."""

from pytest_django import Settings

from statistics_app.probes.deployment import read_deploy


def test_a_host_that_says_nothing_runs_from_an_archive_that_it_installed_itself(settings: Settings) -> None:
    settings.STATISTICS = {}
    assert list(read_deploy().items()) == [("method", "tar"), ("platform", "selfinstall")]


def test_what_the_settings_say_is_read_each_time(settings: Settings) -> None:
    for method in ("docker", "snap"):
        settings.STATISTICS = {"DEPLOY_METHOD": method, "DEPLOY_PLATFORM": "kubernetes"}
        assert read_deploy() == {"method": method, "platform": "kubernetes"}
