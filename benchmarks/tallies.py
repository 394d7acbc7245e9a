"""The cost of reading running counts compared with counting the rows, at any size, and of maintaining them for writers.

By default there are ten million messages, which takes about 20 minutes, and 6 GB in the folder for temporary files. A quick
run is `MESSAGES=100000 READ_ROUNDS=101 COUNT_ROUNDS=3 WRITE_ROUNDS=3 COPY_ROUNDS=3 python -m benchmarks tallies`; in it, the
bars that compare a read with counting ten million messages are short. `PART=reading` and `PART=writing` measure one of the two.
"""

import os
import signal
import sys

from benchmarks.measuring import Bars
from benchmarks.tallying.cluster import fresh_cluster
from benchmarks.tallying.read_bars import read_bars
from benchmarks.tallying.write_bars import write_bars

PARTS = {"reading": read_bars, "writing": write_bars}


def main() -> None:
    """Measure reading, then writing, on the same server."""
    # The server and its files are also removed when the program is terminated.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bars = Bars()
    with fresh_cluster() as cluster:
        for name in os.environ.get("PART", ",".join(PARTS)).split(","):
            PARTS[name](cluster, bars)
    bars.finish()


if __name__ == "__main__":
    main()
