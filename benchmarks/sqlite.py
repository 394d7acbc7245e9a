"""Requests on SQLite with persistent connections, compared with a new connection for each request."""

from benchmarks.load.client import request, run
from benchmarks.load.monitors import ROUNDS, SECONDS, STATISTICS, headers_of_a_member
from benchmarks.load.servers import servers
from benchmarks.measuring import Bars, median_of_ratios


def main() -> None:
    """Compare two servers that ask the database for each request."""
    bars = Bars()
    with servers("sqlite") as started:
        ours, _ = headers_of_a_member()
        with started.stopping():
            persistent, new = (started.start(STATISTICS_TRUST_SECONDS="0", CONN_MAX_AGE=age) for age in ("60", "0"))
            rates: dict[int, list[float]] = {persistent.port: [], new.port: []}
            for _ in range(ROUNDS):
                for port, found in rates.items():
                    found.append(run(port, [request(STATISTICS, ours)], 8, seconds=SECONDS).require(200).rate)
        bars.at_least(
            "rate_with_persistent_over_new_connections", median_of_ratios(rates[persistent.port], rates[new.port]), 1.2
        )
    bars.finish()


if __name__ == "__main__":
    main()
