"""Whether exact running counts are read in a moment at any size, and what keeping them costs whoever writes.

By default ten million messages are counted, which takes 20 minutes or so and 6 GB below the folder for temporary files.
`MESSAGES=100000 READ_ROUNDS=101 COUNT_ROUNDS=3 WRITE_ROUNDS=3 COPY_ROUNDS=3 python -m benchmarks tallies` is a quick form; in
it those bars are short that hold a read against counting ten million.
"""

import signal
import sys

from benchmarks.measuring import Bars
from benchmarks.tallying.cluster import fresh_cluster
from benchmarks.tallying.read_bars import read_bars
from benchmarks.tallying.write_bars import write_bars


def main() -> None:
    """Measure reading, then writing, on one server."""
    # So that what was made goes, too, when a supervisor ends the program.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bars = Bars()
    with fresh_cluster() as cluster:
        read_bars(cluster, bars)
        write_bars(cluster, bars)
    bars.finish()


if __name__ == "__main__":
    main()
