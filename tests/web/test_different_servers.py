"""Numbers that different servers counted are not subtracted: wherever a change is shown, it says so in words instead."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from statistics_app.foreign.translation import translate
from statistics_app.history.gauge_rollup import roll_up_gauges
from statistics_app.models import Snapshot
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import digest_of_server, wire_time
from statistics_app.snapshots import generation
from statistics_app.snapshots.importing import import_snapshots
from statistics_app.sources.remote_server import forget_failures
from tests.conftest import Person
from tests.foreign.eras import FINGERPRINT, in_2024
from tests.services.remote_source import use_remote
from tests.services.replay_server import ReplayServer, Reply
from tests.sources.era_answers import answer_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

NO_CHANGES = "Another server counted the previous snapshot, so no changes"
NO_DIFFERENCES = "Different servers counted at the two moments, so no differences are computed"
NO_TRENDS = "7 days before, another server counted, so no changes are shown."
OTHER = "anotherServersId1"


def imported(number: int, unique_id: str, days_ago: int, messages: int) -> Snapshot:
    """Import a document of a server, and return its snapshot."""
    at = {"$date": wire_time(timezone.now() - timedelta(days=days_ago))}
    document = in_2024(_id=f"{number:024x}", createdAt=at, _updatedAt=at, uniqueId=unique_id, totalMessages=messages)
    import_snapshots([translate(document)])
    roll_up_gauges()
    return Snapshot.objects.get(pk=f"{number:024x}")


def pages(person: Person, a: Snapshot, b: Snapshot) -> dict[str, str]:
    """Return the pages that show changes between two snapshots, the second of which follows the first."""
    paths = {
        "compare": f"/statistics/compare/?a={a.pk}&b={b.pk}",
        "snapshot": f"/statistics/snapshots/{b.pk}/",
        "admin": f"/admin/statistics_app/snapshot/{b.pk}/change/",
    }
    browser = person.browser()
    return {name: browser.get(path).content.decode() for name, path in paths.items()}


def difference(person: Person, a: Snapshot, b: Snapshot) -> Any:
    compared = person.get("statistics.compare", a=a.pk, b=b.pk).json()
    [line] = [one for one in compared["compared"] if one["key"] == "totalMessages"]
    assert (line["difference"] is None) is compared["differentServers"]
    assert line["percent"] is None or not compared["differentServers"]
    return line["difference"]


def test_documents_of_two_servers_stand_side_by_side(admin_person: Person) -> None:
    a, b = imported(1, FINGERPRINT, 7, 1000), imported(2, OTHER, 0, 4321)
    shown = pages(admin_person, a, b)
    assert NO_DIFFERENCES in shown["compare"]
    assert "1,000" in shown["compare"]
    assert "+3,321" not in "".join(shown.values())
    assert NO_CHANGES in shown["snapshot"]
    assert NO_CHANGES in shown["admin"]
    assert NO_TRENDS in shown["snapshot"]
    assert difference(admin_person, a, b) is None


def test_documents_of_one_server_are_subtracted(admin_person: Person) -> None:
    a, b = imported(1, FINGERPRINT, 7, 1000), imported(2, FINGERPRINT, 0, 4321)
    shown = pages(admin_person, a, b)
    assert all("+3,321" in page for page in shown.values())
    for words in (NO_CHANGES, NO_DIFFERENCES, NO_TRENDS):
        assert words not in "".join(shown.values())
    assert difference(admin_person, a, b) == 3321


def test_a_watched_server_is_the_one_whose_statistics_were_imported(remote: ReplayServer, admin_person: Person) -> None:
    a, b = imported(1, FINGERPRINT, 7, 1000), generation.refresh()
    assert (b.server, difference(admin_person, a, b)) == (digest_of_server(FINGERPRINT), 47_211)


def test_another_server_at_the_address_is_another_one(remote: ReplayServer, admin_person: Person) -> None:
    a = generation.refresh()
    forget_failures()
    remote.reply = Reply.of(answer_of("6.5.2", timezone.now(), uniqueId=OTHER))
    b = generation.refresh()
    assert a.document["uniqueId"] == b.document["uniqueId"]
    assert difference(admin_person, a, b) is None
    assert NO_CHANGES in pages(admin_person, a, b)["snapshot"]


def test_our_own_numbers_are_not_subtracted_from_those_of_a_server(
    remote: ReplayServer, settings: Settings, admin_person: Person
) -> None:
    a = generation.refresh()
    use_remote(settings, "", SOURCE="statsproject.chat.statistics_source.WorkspaceSource")
    b = generation.refresh()
    assert difference(admin_person, a, b) is None
    assert difference(admin_person, b, generation.refresh()) == 0


def test_our_own_exported_statistics_are_ours_where_they_are_imported(admin_person: Person) -> None:
    own = generation.generate(Origin.COMMAND)
    document = {**own.document, "_id": "restored", "createdAt": wire_time(own.created_at - timedelta(days=1))}
    import_snapshots([translate(document)])
    assert difference(admin_person, Snapshot.objects.get(pk="restored"), own) == 0


@pytest.mark.parametrize("is_known", [False, True])
def test_of_old_snapshots_only_who_reported_is_known(admin_person: Person, is_known: bool) -> None:
    a, b = imported(1, FINGERPRINT, 7, 1000), generation.generate(Origin.COMMAND)
    if not is_known:
        Snapshot.objects.update(server="")
    assert difference(admin_person, Snapshot.objects.get(pk=a.pk), Snapshot.objects.get(pk=b.pk)) is None


def test_the_history_has_no_change_where_another_server_begins(viewer: Person) -> None:
    for number, unique_id in enumerate([FINGERPRINT, FINGERPRINT, OTHER, OTHER]):
        imported(number, unique_id, 4 - number, 1000 * (number + 1) ** 2)
    where = {"metrics": "totalMessages", "step": "day", "tz": "UTC"}
    since = wire_time(timezone.now() - timedelta(days=6))
    [series] = viewer.get("statistics.history", **{**where, "since": since, "as": "change"}).json()["series"]
    assert [value for value in series["values"] if value is not None] == [3000, 7000]
    for mode in ("value", "change"):
        page = viewer.browser().get("/statistics/history/", {**where, "range": "7d", "as": mode}).content.decode()
        assert page.count("Different servers counted in this time") == 1
        assert page.count("another one than before from") == 1


@pytest.mark.parametrize("is_other", [False, True])
def test_an_earlier_time_of_another_server_is_not_subtracted(viewer: Person, is_other: bool) -> None:
    imported(1, FINGERPRINT, 8, 1000)
    imported(2, OTHER if is_other else FINGERPRINT, 1, 4321)
    query = {"metrics": "totalMessages", "range": "7d", "step": "day", "tz": "UTC", "compare": "previous"}
    page = viewer.browser().get("/statistics/history/", query).content.decode()
    compared = page.partition('id="compared-with"')[2].partition("</section>")[0]
    assert ("Another server counted at the end of the earlier time" in compared) is is_other
    assert ("+3,321" in compared) is not is_other


def test_trends_in_the_admin_say_why_there_are_none(admin_person: Person) -> None:
    imported(1, FINGERPRINT, 30, 1000)
    imported(2, OTHER, 0, 4321)
    page = admin_person.browser().get("/admin/statistics_app/snapshot/").content.decode()
    assert "30 days before, another server counted, so no changes are shown." in page
