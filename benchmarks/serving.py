"""Serving the statistics to many monitors, beside other views on the same server; refreshes, snapshots and starting up.

`PART=…` measures only one of the parts in `PARTS`, or some, separated by commas.
"""

import os
import statistics
from collections.abc import Callable

from benchmarks.load.bursts import AT_ONCE, burst
from benchmarks.load.client import request, run
from benchmarks.load.monitors import ROUNDS, SECONDS, STATISTICS, Turns, headers_of_a_member
from benchmarks.load.servers import Servers, servers
from benchmarks.load.starting import make_bare_project, start_times, worker_memory
from benchmarks.load.synapse import synapse
from benchmarks.load.tails import loads_with_writers
from benchmarks.measuring import Bars


def main() -> None:
    """Measure everything on PostgreSQL, then what differs on SQLite."""
    bars = Bars()
    with servers() as started:
        for name in os.environ.get("PART", ",".join(PARTS)).split(","):
            PARTS[name](started, bars)
    bars.finish()


def polling(started: Servers, bars: Bars) -> None:
    """Compare rates and processor time per request with those of other views."""
    from statistics_app.models import Snapshot

    ours, drf = headers_of_a_member()
    latest = Snapshot.objects.latest_taken()
    assert latest is not None
    with started.stopping():
        server = started.start(BENCH_BYTES=str(len(latest.body.encode())))
        requests = {
            "ours": request(STATISTICS, ours),
            "not modified": request(STATISTICS, {**ours, "If-None-Match": f'W/"{latest.pk}"'}),
            "compressed": request(STATISTICS, {**ours, "Accept-Encoding": "gzip"}),
            "static": request("/bench/static", ours),
            "empty": request("/bench/empty", ours),
            "straightforward": request("/bench/straightforward", drf),
        }
        for connections in (1, 8, 64):
            turns = Turns(server, requests, connections)
            name = f"{connections}_connections"
            bars.at_least(f"rate_over_static_{name}", turns.rate("ours", "static"), 0.45)
            bars.at_least(f"static_over_ours_processor_time_{name}", turns.cost("static", "ours"), 0.42)
            bars.at_least(f"rate_over_straightforward_{name}", turns.rate("ours", "straightforward"), 12)
            bars.at_most(f"not_modified_over_whole_processor_time_{name}", turns.cost("not modified", "ours"), 1)


def tails(started: Servers, bars: Bars) -> None:
    """Compare the slowest requests with the usual ones, while snapshots are taken and people write."""
    with started.stopping():
        loads = loads_with_writers(started, started.start())
    for name, load in loads.items():
        p50, p99 = load.percentile(50) * 1e3, load.percentile(99) * 1e3
        print(f"while people write, {name}: {load.rate:,.0f} requests/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms, {p99 / p50:.2f}")
    bars.at_most("p99_over_p50_64_connections", loads["ours"].percentile(99) / loads["ours"].percentile(50), 3)


def refreshing(started: Servers, bars: Bars) -> None:
    """Count the snapshots of many refreshes at once: of one monitor at the usual limit, and of many without one."""
    for name, tokens, limit in (("one_token", 1, "12/minute"), ("many_tokens", 50, "")):
        with started.stopping():
            found = burst(started.start(STATISTICS_THROTTLE_REFRESH=limit), tokens)
        slowest = max(found.load.seconds)
        print(
            f"{AT_ONCE} refreshes, {name}: {found.load.statuses}, {found.snapshots} snapshots, "
            f"slowest {slowest * 1e3:.0f} ms, alone {found.alone * 1e3:.0f} ms"
        )
        bars.at_most(f"snapshots_of_{AT_ONCE}_refreshes_{name}", found.snapshots, 3)
        bars.at_most(f"slowest_over_one_alone_{name}", found.slowest_over_alone, 10)


def beside_synapse(started: Servers, bars: Bars) -> None:
    """Compare rates with those of a chat server's own answers."""
    ours, _ = headers_of_a_member()
    with synapse() as other, started.stopping():
        server = started.start()
        targets = {
            "ours": (server.port, request(STATISTICS, ours)),
            "whoami": (other.port, request("/_matrix/client/v3/account/whoami", other.headers)),
            "rooms": (other.port, request("/_synapse/admin/v1/rooms", other.headers)),
        }
        rates: dict[str, list[float]] = {name: [] for name in targets}
        for _ in range(ROUNDS):
            for name, (port, bytes_) in targets.items():
                rates[name].append(run(port, [bytes_], 8, seconds=SECONDS).require(200).rate)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    print(", ".join(f"{name} {rate:,.0f} requests/s" for name, rate in medians.items()))
    bars.at_least("rate_over_synapse_whoami", medians["ours"] / medians["whoami"], 3)
    bars.at_least("rate_over_synapse_list_of_rooms", medians["ours"] / medians["rooms"], 8)


def starting(started: Servers, bars: Bars) -> None:
    """Compare the start and the memory with a project that has the same libraries and not the app."""
    bare = make_bare_project(started.folder / "project")
    times = start_times(started, bare)
    print(", ".join(f"{name} {seconds:.2f} s" for name, seconds in times.items()))
    bars.at_most("check_over_bare", times["check"] / times["bare check"], 1.4)
    bars.at_most("wsgi_import_over_bare", times["WSGI"] / times["bare WSGI"], 1.4)
    with started.stopping():
        ours, others = worker_memory(started, bare, headers_of_a_member()[0])
    print(f"a worker's memory: {ours / 1e6:.0f} MB, bare {others / 1e6:.0f} MB")
    bars.at_most("memory_over_bare", ours / others, 1.2)


def snapshots(_: Servers, bars: Bars) -> None:
    """Count a snapshot's statements, and compare the first snapshot after a bulk load with later ones."""
    from benchmarks.load.snapshots import first_and_later_after_loading, statements_of_a_snapshot

    bars.at_most("statements_per_snapshot", statements_of_a_snapshot(), 70)
    first, later = first_and_later_after_loading()
    print(f"after a bulk load: first {first * 1e3:.0f} ms, later {later * 1e3:.0f} ms")
    bars.at_most("first_snapshot_after_loading_over_later", first / later, 2)


PARTS: dict[str, Callable[[Servers, Bars], None]] = {
    "polling": polling,
    "tails": tails,
    "refreshing": refreshing,
    "starting": starting,
    "synapse": beside_synapse,
    "snapshots": snapshots,
}


if __name__ == "__main__":
    main()
