"""The bars for reading. The times that a bar compares are measured in turn in one run."""

import random
from collections.abc import Callable
from statistics import median

from tqdm import tqdm

from benchmarks.measuring import Bars, interleaved

from .cluster import Cluster
from .filling import fill
from .plans import full_scans
from .reading import Reader, add_counters, repeated
from .sizes import COUNT_ROUNDS, FEW_MESSAGES, FEW_ROOMS, FEW_USERS, MESSAGES, READ_ROUNDS, ROOMS, USERS, Size
from .tails import fold_timed, note

SESSIONS = 11
# The number of rounds per session, by the name of the reader's method.
METHODS = {
    "prepared": max(READ_ROUNDS // SESSIONS, 3),
    **dict.fromkeys(("as_django", "readiness", "counted", "latest"), max(READ_ROUNDS // SESSIONS // 10, 3)),
}
READS_PER_COUNT = 20
FOLDS = 5
# The number of rows in the ledger, and the fraction of a count's time that a read may then take.
TAILS = {1_000: 1 / 100, 100_000: 1 / 5}


def read_bars(cluster: Cluster, bars: Bars) -> None:
    """Create chats of four sizes, measure reading and check its bars; drop the databases afterwards."""
    sizes = [Size(m, r, u) for m in (FEW_MESSAGES, MESSAGES) for r, u in ((FEW_ROOMS, FEW_USERS), (ROOMS, USERS))]
    readers = {size: _reader(cluster, size) for size in sizes}
    print("message table for reading: indexes on room_id and sent_at alone, since building the others takes minutes")
    _compare_sizes(readers, bars)
    for size in sizes:
        if size.messages == MESSAGES:
            _compare_with_counting(size, readers[size], bars)
            for rows in TAILS:
                _compare_with_tail(size, readers[size], rows, bars)
    for reader in readers.values():
        reader.require_exact()
        reader.connection.close()
    cluster.drop(*(reader.database for reader in readers.values()))


def _reader(cluster: Cluster, size: Size) -> Reader:
    database = cluster.create(size.name)
    fill(database, size, lean=True)
    add_counters(database)
    database.install()
    return Reader(database)


def _compare_sizes(readers: dict[Size, Reader], bars: Bars) -> None:
    """Read chats of all sizes in turn, with an empty ledger."""
    for method, rounds in METHODS.items():
        times = _median_over_sessions(readers, method, rounds)
        for size, seconds in times.items():
            print(f"{method:>9}: {seconds * 1e3:.3f} ms, {size}")
        if method == "prepared":
            _check_size_bars(times, bars)


def _median_over_sessions(readers: dict[Size, Reader], method: str, rounds: int) -> dict[Size, float]:
    """Return the median of the medians of several sessions, since a single one may run on the busier processor."""
    medians: dict[Size, list[float]] = {size: [] for size in readers}
    for _ in tqdm(range(SESSIONS), desc=method, disable=None, leave=False):
        order = random.sample(list(readers), len(readers))
        for size in order:
            readers[size].reconnect()
        times = interleaved({str(size): getattr(readers[size], method) for size in order}, rounds)
        for size in order:
            medians[size].append(times[str(size)])
    return {size: median(values) for size, values in medians.items()}


def _check_size_bars(times: dict[Size, float], bars: Bars) -> None:
    few, few_many, large, large_many = times.values()
    bars.at_most(f"read_{MESSAGES}_over_{FEW_MESSAGES}_messages_in_{FEW_ROOMS}_rooms", large / few, 1.5)
    bars.at_most(f"read_{MESSAGES}_over_{FEW_MESSAGES}_messages_in_{ROOMS}_rooms", large_many / few_many, 1.5)
    bars.at_most(f"read_{ROOMS}_over_{FEW_ROOMS}_rooms_with_{FEW_MESSAGES}_messages", few_many / few, 2)
    bars.at_most(f"read_{ROOMS}_over_{FEW_ROOMS}_rooms_with_{MESSAGES}_messages", large_many / large, 2)


def _compare_with_counting(size: Size, reader: Reader, bars: Bars) -> None:
    times = _median_times(
        {
            "read": repeated(reader.prepared, READS_PER_COUNT),
            "sum": repeated(reader.sum, 3),
            "count": repeated(reader.count, 1),
        }
    )
    print(f"read {times['read'] * 1e3:.3f} ms, sum {times['sum'] * 1e3:.2f} ms, count {times['count'] * 1e3:,.0f} ms, {size}")
    bars.at_least(f"count_over_read_in_{size.rooms}_rooms", times["count"] / times["read"], 1_000)
    if size.rooms == ROOMS:
        bars.at_least(f"sum_of_counters_over_read_in_{size.rooms}_rooms", times["sum"] / times["read"], 20)


def _compare_with_tail(size: Size, reader: Reader, rows: int, bars: Bars) -> None:
    """Measure reading while the ledger contains a number of rows that are not folded."""
    note(reader.database, rows, size)
    noted = reader.database.run(f"SELECT count(*) FROM {reader.definition.ledgers[0]}")[0][0]
    assert noted == rows, noted
    times = _median_times(
        {
            "read": repeated(reader.prepared, 3),
            "as_django": repeated(reader.as_django, 3),
            "counted": repeated(reader.counted, 1),
            "count": repeated(reader.count, 1),
        }
    )
    milliseconds = ", ".join(f"{name} {seconds * 1e3:,.2f} ms" for name, seconds in times.items())
    print(f"{rows:,} noted: {milliseconds}, {size}")
    name = f"with_{rows}_noted_in_{size.rooms}_rooms"
    if (rows, size.rooms) == (1_000, ROOMS):
        bars.at_most(f"full_scans_{name}", len(_full_scans(reader)), 0)
    bars.at_most(f"read_over_count_{name}", times["read"] / times["count"], TAILS[rows])
    folded = _fold(size, reader, rows)
    if rows == max(TAILS):
        bars.at_most(f"fold_over_count_{name}", folded / times["count"], 2)


def _full_scans(reader: Reader) -> list[str]:
    """Return and print the tables that the reads of a snapshot scan completely.

    The two reads that list rooms are left out: they read all rooms, and no snapshot uses them.
    """
    scans = [
        f"{definition.name}: {table}"
        for definition in reader.database.tallies.definitions
        for sql in definition.reads
        if sql not in (reader.definition.top_rooms, reader.definition.room_use)
        for table in full_scans(reader.database, sql, definition)
    ]
    if scans:
        print(f"full scans: {', '.join(scans)}")
    return scans


def _fold(size: Size, reader: Reader, rows: int) -> float:
    """Fold the rows of the ledger, then the same number of new rows several times; print and return the median time."""
    folds = [fold_timed(reader.database)]
    for _ in tqdm(range(FOLDS - 1), desc=f"folding {rows:,}", disable=None, leave=False):
        note(reader.database, rows, size)
        folds.append(fold_timed(reader.database))
    assert all(folded == rows for folded, _ in folds), folds
    seconds = median(seconds for _, seconds in folds)
    print(f"{rows:,} folded in {seconds * 1e3:,.0f} ms, {size}")
    return seconds


def _median_times(operations: dict[str, Callable[[], float]]) -> dict[str, float]:
    """Run the operations in turn, each of which returns its time, and return the median times.

    The first round does not count.
    """
    times: dict[str, list[float]] = {name: [] for name in operations}
    for number in tqdm(range(COUNT_ROUNDS + 1), desc="reading and counting", disable=None, leave=False):
        for name, operation in operations.items():
            seconds = operation()
            if number:
                times[name].append(seconds)
    return {name: median(values) for name, values in times.items()}
