"""The example rules and the example dashboard ask for metrics that exist."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from statistics_app.models import Snapshot, TallyAudit
from statistics_app.models.snapshot import Origin
from statistics_app.monitoring.exposition import exposition
from statistics_app.snapshots import generation
from tests.services.prometheus import promtool

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "docs" / "monitoring"
RULES, DASHBOARD = EXAMPLES / "rules.yml", EXAMPLES / "grafana.json"
NAME = re.compile(r"\bstatistics_\w+")
WIDTH = 24

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def dashboard() -> dict[str, Any]:
    return json.loads(DASHBOARD.read_text())


def expressions() -> list[str]:
    """Return all queries of the dashboard."""
    return [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]


@pytest.fixture
def names() -> set[str]:
    """The names of all metrics, as queries have them."""
    Snapshot.objects.all().delete()
    TallyAudit.objects.create(began_at="2026-03-02T00:00:00Z", took_ms=1)
    generation.generate(Origin.COMMAND)
    families = parse(exposition("")[0].decode())
    return {family.name + ("_total" if family.type == "counter" else "") for family in families}


@pytest.mark.parametrize("text", [RULES.read_text(), *expressions()], ids=["rules", *expressions()])
def test_every_metric_exists(names: set[str], text: str) -> None:
    assert NAME.findall(text)
    assert set(NAME.findall(text)) <= names


def test_the_documentation_names_every_metric(names: set[str]) -> None:
    text = (EXAMPLES / "README.md").read_text()
    documented = {match.strip("`").removesuffix("…") for match in re.findall(r"`[a-z_]+…?`", text)}
    for name in names:
        bare = name.removeprefix("statistics_")
        assert bare in documented or any(bare.startswith(start) for start in documented if start.endswith("_")), bare


@pytest.mark.usefixtures("with_prometheus")
def test_promtool_finds_no_fault_in_the_rules() -> None:
    assert promtool("check", "rules", str(RULES)) == ""


def test_the_panels_of_the_dashboard_fit() -> None:
    board = dashboard()
    assert board["title"]
    assert board["schemaVersion"] >= 36
    [variable] = board["templating"]["list"]
    assert (variable["name"], variable["type"]) == ("datasource", "datasource")
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells: set[tuple[int, int]] = set()
    for panel in panels:
        assert {"title", "type", "targets", "gridPos", "datasource", "fieldConfig"} <= panel.keys()
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        place = panel["gridPos"]
        covered = {
            (x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in covered) < WIDTH
        assert not covered & cells
        cells |= covered
