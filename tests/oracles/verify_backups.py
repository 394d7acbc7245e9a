"""`python -m tests.oracles.verify_backups DIR KIND…`: turn an export into backups, and verify what is imported of them.

A script turns the files of mongoexport into what mongodump writes, in kinds of `tests.importers.dumps`. Each is imported into a
new database of SQLite and of PostgreSQL, and so is the export itself. The statistics have to be those of the oracle, which
reads the export, and every row has to be the same as that of the export.
"""

import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.importers.dumps import FORMATS, convert
from tests.oracles.rocketchat import count
from tests.oracles.verify import DATABASES, differences, output_of, workspace

EXPORT = "mongoexport"


class Imported(NamedTuple):
    """What an import led to: the statistics, a digest of the rows of each table, and how many seconds it took."""

    statistics: dict[str, Any]
    tables: dict[str, str]
    seconds: float


def main(folder: Path, kinds: list[str]) -> int:
    """Verify on SQLite and PostgreSQL. Return 1 if there is a difference, 2 if a kind is unknown, otherwise 0."""
    if unknown := set(kinds) - set(FORMATS):
        sys.stderr.write(f"Unknown kind of backup: {', '.join(sorted(unknown))}. Known: {', '.join(FORMATS)}.\n")
        return 2
    expected, number = count(folder), 0
    with tempfile.TemporaryDirectory(prefix="stats-backups-") as target:
        paths = {kind: convert(folder, Path(target) / kind, kind) for kind in kinds}
        for database in DATABASES:
            number += verify({EXPORT: folder, **paths}, expected, database)
    return int(number > 0)


def verify(paths: Mapping[str, Path], expected: dict[str, Any], database: str) -> int:
    """Import each path, the export first, print what differs, and return the number of differences."""
    number, of_export = 0, None
    for kind, path in paths.items():
        with DATABASES[database]() as url:
            found = imported(path, url)
        of_export = of_export or found
        differing = differences(expected, found.statistics)
        tables = differences(of_export.tables, found.tables)
        number += len(differing) + len(tables)
        print(
            f"{database}, {kind}: {len(expected)} statistics, {len(differing)} differ from the files; "
            f"{len(of_export.tables)} tables, {len(tables)} differ from those of {EXPORT}; {found.seconds:.0f} s",
            flush=True,
        )
        for key, (oracle, actual) in differing.items():
            print(f"  {key}: {oracle!r} in the files, {actual!r} in the statistics")
        for table in tables:
            print(f"  the rows of {table} differ")
    return number


def imported(path: Path, url: str) -> Imported:
    """Import a path into an empty database. Errors: RuntimeError if a command fails."""
    with workspace(url) as start:
        output_of(start("migrate", "-v0"))
        started = time.monotonic()
        sys.stderr.write(output_of(start("import_chat", "rocketchat", str(path.resolve()))))
        seconds = time.monotonic() - started
        document = json.loads(output_of(start("generate_statistics", "--json")))
        tables = json.loads(output_of(start("-m", "tests.importers.tables")))
    return Imported(document, tables, seconds)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
