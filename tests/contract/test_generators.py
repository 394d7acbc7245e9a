"""The OpenAPI document is valid, and generators of clients make programs of it."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from statistics_app.api.openapi import document
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from tests.clients.published_clients import NODE, NODE_MODULES
from tests.conftest import Person
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BIN = Path(sys.executable).parent
IN_TYPESCRIPT = """
import type { paths } from "./schema";
type Operation = paths["/api/v1/statistics"]["get"];
type Answer = Operation["responses"]["200"]["content"]["application/json"];
export const total = (answer: Answer): number => answer.totalMessages ?? 0;
export const refresh: NonNullable<Operation["parameters"]["query"]>["refresh"] = "true";
"""


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    """The document in a file."""
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(document()))
    return path


def printed(*command: str | Path, folder: Path) -> str:
    """Run a program that has to succeed, and return what it prints."""
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ.get('PATH', '')}"}
    result = subprocess.run(
        [str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=240
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def test_the_document_is_valid() -> None:
    validate(document())  # type: ignore[arg-type] # a dict is a schema


def test_a_generated_client_in_python_reads_the_statistics(
    schema: Path, tmp_path: Path, running: Programs, viewer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--path", schema, "--output-path", tmp_path / "generated_client", "--meta", "none", "--fail-on-warning")
    printed(BIN / "openapi-python-client", "generate", *options, folder=tmp_path)
    snapshot = generation.generate(Origin.COMMAND)
    _, url = running.web()
    monkeypatch.syspath_prepend(str(tmp_path))
    client = importlib.import_module("generated_client").AuthenticatedClient(base_url=url, token=viewer.token)
    read: Any = importlib.import_module("generated_client.api.statistics.statistics").sync
    words = importlib.import_module("generated_client.models").StatisticsRefresh
    with client:
        assert read(client=client).field_id == snapshot.pk
        assert read(client=client, refresh=words.TRUE).field_id != snapshot.pk


def test_generated_types_in_typescript_are_checked_by_its_compiler(schema: Path, tmp_path: Path, record_property: Any) -> None:
    if NODE is None:
        record_property("message", "The test with TypeScript was skipped, since there is no Node.js.")
        pytest.skip("There is no Node.js.")
    generator = NODE_MODULES / "openapi-typescript" / "bin" / "cli.js"
    printed(NODE, generator, schema, "-o", tmp_path / "schema.d.ts", folder=tmp_path)
    (tmp_path / "use.ts").write_text(IN_TYPESCRIPT)
    (tmp_path / "tsconfig.json").write_text(
        '{"compilerOptions": {"strict": true, "noEmit": true, "types": []}, "include": ["*"]}'
    )
    printed(NODE, NODE_MODULES / "typescript" / "bin" / "tsc", "--project", ".", folder=tmp_path)
