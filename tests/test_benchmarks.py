"""The programs under benchmarks."""

import os
import subprocess
import sys

from tests.services.programs import ROOT

_IMPORT_ALL = """
import importlib, pkgutil, benchmarks
for one in pkgutil.iter_modules(benchmarks.__path__):
    importlib.import_module(f"benchmarks.{one.name}")
"""


def test_they_start_before_there_are_settings_which_name_the_database_that_they_create() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    imported = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert imported.returncode == 0, imported.stderr
