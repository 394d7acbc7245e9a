"""The bars for writing. Each compares medians over rounds in which all designs had a turn."""

from collections.abc import Mapping
from functools import partial
from statistics import median

from benchmarks.measuring import Bars
from statistics_app.tallies.folding import fold

from .cluster import WORKSPACE, Cluster, Database
from .copying import copies
from .designs import MESSAGE, PRESENCE, TALLIED, Design
from .filling import fill
from .guarding import guard_bars
from .log_bytes import FOLDED, wal_per_message
from .reading import Reader, add_counters
from .sizes import COPIED, FEW_ROOMS, FEW_USERS, ROOMS, USERS, WRITE_ROUNDS, WRITTEN_BEFORE, Size
from .writers import Slice, measure_slices, writing

COUNTERS = (Design.COUNTER, Design.COUNTER_AT_ONCE)
NO_AUTHORS = "benchmarks.tallying.no_authors.NoAuthorsSource"


def write_bars(cluster: Cluster, bars: Bars) -> None:
    """Measure writing in few rooms and in many, and check its bars."""
    for rooms, users, bound in ((FEW_ROOMS, FEW_USERS, 1.3), (ROOMS, USERS, 1.0)):
        size = Size(WRITTEN_BEFORE, rooms, users)
        databases = _databases(cluster, size)
        print(f"writing: every index that `migrate` makes, on {size}")
        pair = {design: databases[design] for design in (Design.NONE, Design.TALLIES)}
        _measure_wal(cluster, pair, size, bars)
        _measure_messages(cluster, databases, size, bound, bars)
        if rooms == ROOMS:
            _measure_presence(cluster, pair, size)
        _measure_copying(cluster, pair | {Design.NO_AUTHORS: databases[Design.NO_AUTHORS]}, size, bars)
        guard_bars(cluster, databases[Design.TALLIES], size, bars)
        reader = Reader(databases[Design.TALLIES])
        reader.require_exact()
        reader.connection.close()
        cluster.drop(*databases.values())


def _databases(cluster: Cluster, size: Size) -> dict[Design, Database]:
    """Create a database for each design, with the same data."""
    template = cluster.create(f"{size.name}_template")
    fill(template, size, lean=False)
    sources = {Design.NO_AUTHORS: NO_AUTHORS}
    databases = {
        design: cluster.create(f"{size.name}_{design.name.lower()}", template.name, sources.get(design, WORKSPACE))
        for design in Design
    }
    for design in COUNTERS:
        add_counters(databases[design])
    for design in TALLIED:
        databases[design].install()
    cluster.drop(template)
    return databases


def _measure_messages(cluster: Cluster, databases: Mapping[Design, Database], size: Size, bound: float, bars: Bars) -> None:
    scripts = {database: MESSAGE[design] for design, database in databases.items()}
    slices = _run_in_turn(cluster, databases, scripts, size, f"messages in {size.rooms:,} rooms")
    for design, own in slices.items():
        rate, wal = median(each.rate for each in own), median(each.wal_bytes for each in own)
        speed = _rate_ratio(own, slices[Design.NONE])
        print(f"{design:>15}: {rate:,.0f} messages/s, {speed:.2f} of none; {wal:,.0f} B of WAL each")
    tallies = slices[Design.TALLIES]
    name = f"in_{size.rooms}_rooms"
    bars.at_least(f"messages_with_over_without_{name}", _rate_ratio(tallies, slices[Design.NONE]), 0.75)
    bars.at_least(f"messages_with_over_without_authors_{name}", _rate_ratio(tallies, slices[Design.NO_AUTHORS]), 0.95)
    bars.at_least(f"messages_over_counter_{name}", _rate_ratio(tallies, slices[Design.COUNTER]), bound)
    print(f"messages over the counter in one transaction: {_rate_ratio(tallies, slices[Design.COUNTER_AT_ONCE]):.2f}")


def _measure_presence(cluster: Cluster, pair: Mapping[Design, Database], size: Size) -> None:
    slices = _run_in_turn(cluster, pair, dict.fromkeys(pair.values(), PRESENCE), size, "presence")
    none, tallies = slices[Design.NONE], slices[Design.TALLIES]
    rates = f"{median(each.rate for each in none):,.0f} without, {median(each.rate for each in tallies):,.0f} with tallies"
    print(f"presence updates/s: {rates}; with over without {_rate_ratio(tallies, none):.2f}")


def _run_in_turn(
    cluster: Cluster, databases: Mapping[Design, Database], scripts: Mapping[Database, str], size: Size, description: str
) -> dict[Design, list[Slice]]:
    """Run the writers in turn and return their slices. The tallies are folded once a second, as in production."""
    tallied = {databases[design].name: databases[design].tallies for design in TALLIED if design in databases}
    with writing(cluster, scripts, size.variables) as writers:
        background = {name: partial(fold, tallies) for name, tallies in tallied.items()}
        slices = measure_slices(cluster, writers, background, WRITE_ROUNDS, description)
    for tallies in tallied.values():
        fold(tallies)
    return {design: slices[database.name] for design, database in databases.items()}


def _measure_wal(cluster: Cluster, pair: Mapping[Design, Database], size: Size, bars: Bars) -> None:
    wal = wal_per_message(cluster, pair, size.variables)
    print("WAL per message, without full-page images: " + ", ".join(f"{name} {value:,.0f} B" for name, value in wal.items()))
    bars.at_most(f"wal_with_over_without_in_{size.rooms}_rooms", wal[FOLDED] / wal[Design.NONE], 1.25)


def _measure_copying(cluster: Cluster, pair: Mapping[Design, Database], size: Size, bars: Bars) -> None:
    seconds, folded = copies(cluster, pair, size)
    print(
        f"COPY of {COPIED:,}: {', '.join(f'{median(times):.2f} s {design}' for design, times in seconds.items())}; "
        f"folded in {folded:.2f} s"
    )
    for other, name in ((Design.NONE, ""), (Design.NO_AUTHORS, "_authors")):
        speed = median(one / own for one, own in zip(seconds[other], seconds[Design.TALLIES], strict=True))
        bars.at_least(f"copy_with_over_without{name}_in_{size.rooms}_rooms", speed, 0.9)


def _rate_ratio(one: list[Slice], other: list[Slice]) -> float:
    """Return the median, over the rounds, of the ratio of the two rates."""
    return median(first.rate / second.rate for first, second in zip(one, other, strict=True))
