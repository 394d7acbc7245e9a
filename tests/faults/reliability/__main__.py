"""`python -m tests.faults.reliability`: bring about every fault, and write the table in docs/reliability.md."""

import os
import sys
import tempfile
from pathlib import Path

from tests.services.programs import ROOT

from .table import replace_table, row, run_all

PAGE = ROOT / "docs" / "reliability.md"


def main() -> int:
    """Run all faults one after the other, and write what was seen."""
    with tempfile.TemporaryDirectory(prefix="stats-") as folder:
        results = []
        for result in run_all(Path(folder)):
            print(row(result), file=sys.stderr, flush=True)
            results.append(result)
    PAGE.write_text(replace_table(PAGE.read_text(), results))
    return 0


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.exit(main())
