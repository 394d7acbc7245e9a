"""The bars that reading is held against, each by times measured in turn in one run."""

import random
from statistics import median

from tqdm import tqdm

from benchmarks.measuring import Bars, interleaved

from .cluster import Cluster
from .filling import fill
from .plans import whole_scans
from .reading import Reader, add_counters, often
from .sizes import COUNT_ROUNDS, FEW_MESSAGES, FEW_ROOMS, FEW_USERS, MESSAGES, READ_ROUNDS, ROOMS, USERS, Size
from .tails import fold_timed, note

SESSIONS = 11
# Each way to read, and how often in each session.
HOW = {
    "prepared": max(READ_ROUNDS // SESSIONS, 3),
    **dict.fromkeys(("as_django", "readiness", "counted", "latest"), max(READ_ROUNDS // SESSIONS // 10, 3)),
}
READS_A_COUNT = 20
FOLDS = 5
# How many rows are noted, and what part of counting a read may then take.
TAILS = {1_000: 1 / 100, 100_000: 1 / 5}


# No snapshot asks these: they list rooms, and so read all of them.


def read_bars(cluster: Cluster, bars: Bars) -> None:
    """Fill chats of four sizes, and hold reading against its bars; the databases go afterwards."""
    sizes = [Size(m, r, u) for m in (FEW_MESSAGES, MESSAGES) for r, u in ((FEW_ROOMS, FEW_USERS), (ROOMS, USERS))]
    readers = {size: _reader(cluster, size) for size in sizes}
    print("message table for reading: indexes on room_id and sent_at alone, since building the others takes minutes")
    _folded(readers, bars)
    for size in sizes:
        if size.messages == MESSAGES:
            _against_counting(size, readers[size], bars)
            for rows in TAILS:
                _with_a_tail(size, readers[size], rows, bars)
    for reader in readers.values():
        reader.require_exact()
        reader.connection.close()
    cluster.drop(*(reader.database for reader in readers.values()))


def _reader(cluster: Cluster, size: Size) -> Reader:
    database = cluster.make(size.name)
    fill(database, size, lean=True)
    add_counters(database)
    database.install()
    return Reader(database)


def _folded(readers: dict[Size, Reader], bars: Bars) -> None:
    """Read what is folded, at four sizes in turn."""
    for how, rounds in HOW.items():
        times = _over_sessions(readers, how, rounds)
        for size, seconds in times.items():
            print(f"{how:>9}: {seconds * 1e3:.3f} ms, {size}")
        if how == "prepared":
            _hold_sizes(times, bars)


def _over_sessions(readers: dict[Size, Reader], how: str, rounds: int) -> dict[Size, float]:
    """Read in many sessions, since one may have its place on the busier processor; return the medians of their medians."""
    found: dict[Size, list[float]] = {size: [] for size in readers}
    for _ in tqdm(range(SESSIONS), desc=how, disable=None, leave=False):
        order = random.sample(list(readers), len(readers))
        for size in order:
            readers[size].connect_anew()
        times = interleaved({str(size): getattr(readers[size], how) for size in order}, rounds)
        for size in order:
            found[size].append(times[str(size)])
    return {size: median(each) for size, each in found.items()}


def _hold_sizes(of: dict[Size, float], bars: Bars) -> None:
    few, few_many, large, large_many = of.values()
    bars.at_most(f"read_{MESSAGES}_over_{FEW_MESSAGES}_messages_in_{FEW_ROOMS}_rooms", large / few, 1.5)
    bars.at_most(f"read_{MESSAGES}_over_{FEW_MESSAGES}_messages_in_{ROOMS}_rooms", large_many / few_many, 1.5)
    bars.at_most(f"read_{ROOMS}_over_{FEW_ROOMS}_rooms_with_{FEW_MESSAGES}_messages", few_many / few, 2)
    bars.at_most(f"read_{ROOMS}_over_{FEW_ROOMS}_rooms_with_{MESSAGES}_messages", large_many / large, 2)


def _against_counting(size: Size, reader: Reader, bars: Bars) -> None:
    times = _in_turn(
        {"read": often(reader.prepared, READS_A_COUNT), "sum": often(reader.sum, 3), "count": often(reader.count, 1)}
    )
    print(f"read {times['read'] * 1e3:.3f} ms, sum {times['sum'] * 1e3:.2f} ms, count {times['count'] * 1e3:,.0f} ms, {size}")
    bars.at_least(f"count_over_read_in_{size.rooms}_rooms", times["count"] / times["read"], 1_000)
    if size.rooms == ROOMS:
        bars.at_least(f"sum_of_counters_over_read_in_{size.rooms}_rooms", times["sum"] / times["read"], 20)


def _with_a_tail(size: Size, reader: Reader, rows: int, bars: Bars) -> None:
    note(reader.database, rows, size)
    noted = reader.database.run(f"SELECT count(*) FROM {reader.definition.ledgers[0]}")[0][0]
    assert noted == rows, noted
    deeds = {
        "read": often(reader.prepared, 3),
        "as_django": often(reader.as_django, 3),
        "counted": often(reader.counted, 1),
        "count": often(reader.count, 1),
    }
    times = _in_turn(deeds)
    milliseconds = ", ".join(f"{name} {seconds * 1e3:,.2f} ms" for name, seconds in times.items())
    print(f"{rows:,} noted: {milliseconds}, {size}")
    name = f"with_{rows}_noted_in_{size.rooms}_rooms"
    if (rows, size.rooms) == (1_000, ROOMS):
        bars.at_most(f"whole_scans_{name}", len(_scans(reader)), 0)
    bars.at_most(f"read_over_count_{name}", times["read"] / times["count"], TAILS[rows])
    _fold(size, reader, rows)


def _scans(reader: Reader) -> list[str]:
    """Name what any read scans as a whole, but for that of every room, and say so."""
    found = [
        f"{definition.name}: {table}"
        for definition in reader.database.tallies.definitions
        for sql in definition.reads
        if sql not in (reader.definition.top_rooms, reader.definition.room_use)
        for table in whole_scans(reader.database, sql, definition)
    ]
    if found:
        print(f"scanned as a whole: {', '.join(found)}")
    return found


def _fold(size: Size, reader: Reader, rows: int) -> None:
    """Fold what is noted, and as much again some times."""
    folds = [fold_timed(reader.database)]
    for _ in tqdm(range(FOLDS - 1), desc=f"folding {rows:,}", disable=None, leave=False):
        note(reader.database, rows, size)
        folds.append(fold_timed(reader.database))
    assert all(folded == rows for folded, _ in folds), folds
    print(f"{rows:,} folded in {median(seconds for _, seconds in folds) * 1e3:,.0f} ms, {size}")


def _in_turn(deeds: dict) -> dict[str, float]:
    """Do the deeds in turn and return the median of what each says that it took."""
    taken: dict[str, list[float]] = {name: [] for name in deeds}
    for number in tqdm(range(COUNT_ROUNDS + 1), desc="reading and counting", disable=None, leave=False):
        for name, deed in deeds.items():
            seconds = deed()
            if number:
                taken[name].append(seconds)
    return {name: median(values) for name, values in taken.items()}
