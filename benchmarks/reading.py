"""The speed of reading backups in BSON relative to reading the same documents from lines, in documents per second of CPU time.

`make bench NAME=reading` generates an export; `DIR=… make bench NAME=reading` uses an existing one.
"""

import importlib
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.measuring import Bars, fresh_sqlite

ROUNDS = 5
# What mongodump writes, and how it is packed, and the least share of the speed of lines that it has to reach.
BARS = {"dump": 0.5, "dump-gz": 0.5, "tar.gz": 0.5, "archive.gz": 0.5}


def main() -> None:
    """Read the messages from each format alternately."""
    with fresh_sqlite() as folder, tempfile.TemporaryDirectory(prefix="stats-bench-") as target:
        from tests.importers.dumps import convert

        make_export = importlib.import_module("benchmarks.import").make_export
        export = Path(os.environ["DIR"]).resolve() if os.environ.get("DIR") else make_export(folder)
        paths = {"lines": export} | {kind: convert(export, Path(target), kind) for kind in BARS}
        speeds: dict[str, list[float]] = {kind: [] for kind in paths}
        for _ in range(ROUNDS):
            for kind, path in paths.items():
                speeds[kind].append(speed_of_reading(path))
        for kind, values in speeds.items():
            print(f"{kind}: {median(values):,.0f} documents per second")
        bars = Bars()
        for kind, bound in BARS.items():
            ratio = median(one / other for one, other in zip(speeds[kind], speeds["lines"], strict=True))
            bars.at_least(f"{kind}_over_lines_documents_per_second", ratio, bound)
        bars.finish()


def speed_of_reading(path: Path) -> float:
    """Return how many messages are read per second of CPU time."""
    from statsproject.chat.importers.rocketchat.backup import open_backup

    stream = open_backup(path).streams["rocketchat_message"]
    started = time.process_time()
    number = sum(1 for _ in stream.documents())
    return number / (time.process_time() - started)


if __name__ == "__main__":
    main()
