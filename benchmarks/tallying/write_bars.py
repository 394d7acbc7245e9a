"""The bars that writing is held against: medians over rounds in which every design had its turn."""

from collections.abc import Mapping
from statistics import median

from benchmarks.measuring import Bars
from statistics_app.tallies.folding import fold

from .cluster import Cluster, Database
from .copying import copies
from .designs import MESSAGE, PRESENCE, Design
from .filling import fill
from .log_bytes import FOLDED, log_of_messages
from .reading import Reader, add_counters
from .sizes import COPIED, FEW_ROOMS, FEW_USERS, ROOMS, USERS, WRITE_ROUNDS, WRITTEN_BEFORE, Size
from .writers import Slice, slices, writing

COUNTERS = (Design.COUNTER, Design.COUNTER_AT_ONCE)


def write_bars(cluster: Cluster, bars: Bars) -> None:
    """Hold writing against its bars in few rooms and in many."""
    for rooms, users, least in ((FEW_ROOMS, FEW_USERS, 1.3), (ROOMS, USERS, 1.0)):
        size = Size(WRITTEN_BEFORE, rooms, users)
        databases = _databases(cluster, size)
        print(f"writing: every index that `migrate` makes, on {size}")
        pair = {design: databases[design] for design in (Design.NONE, Design.TALLIES)}
        _log(cluster, pair, size, bars)
        _single_rows(cluster, databases, size, least, bars)
        if rooms == ROOMS:
            _presence(cluster, pair, size)
        _copying(cluster, pair, size, bars)
        reader = Reader(databases[Design.TALLIES])
        reader.require_exact()
        reader.connection.close()
        cluster.drop(*databases.values())


def _databases(cluster: Cluster, size: Size) -> dict[Design, Database]:
    """Make a database for each design, all alike but for what the design needs."""
    template = cluster.make(f"{size.name}_template")
    fill(template, size, lean=False)
    databases = {design: cluster.make(f"{size.name}_{design}", template.name) for design in Design}
    for design in COUNTERS:
        add_counters(databases[design])
    databases[Design.TALLIES].install()
    cluster.drop(template)
    return databases


def _single_rows(cluster: Cluster, databases: Mapping[Design, Database], size: Size, least: float, bars: Bars) -> None:
    scripts = {database: MESSAGE[design] for design, database in databases.items()}
    found = _rounds(cluster, databases, scripts, size, f"messages in {size.rooms:,} rooms")
    for design, its in found.items():
        speed = _over(its, found[Design.NONE], "rate")
        wal = median(one.wal_each for one in its)
        print(f"{design:>15}: {median(one.rate for one in its):,.0f} messages/s, {speed:.2f} of none; {wal:,.0f} B of log each")
    tallies = found[Design.TALLIES]
    name = f"in_{size.rooms}_rooms"
    bars.at_least(f"messages_with_over_without_{name}", _over(tallies, found[Design.NONE], "rate"), 0.75)
    bars.at_least(f"messages_over_counter_{name}", _over(tallies, found[Design.COUNTER], "rate"), least)
    print(f"messages over the counter in one transaction: {_over(tallies, found[Design.COUNTER_AT_ONCE], 'rate'):.2f}")


def _presence(cluster: Cluster, pair: Mapping[Design, Database], size: Size) -> None:
    found = _rounds(cluster, pair, dict.fromkeys(pair.values(), PRESENCE), size, "presence")
    none, tallies = found[Design.NONE], found[Design.TALLIES]
    rates = f"{median(one.rate for one in none):,.0f} without, {median(one.rate for one in tallies):,.0f} with tallies"
    print(f"presence updates/s: {rates}; with over without {_over(tallies, none, 'rate'):.2f}")


def _rounds(
    cluster: Cluster, databases: Mapping[Design, Database], scripts: Mapping[Database, str], size: Size, what: str
) -> dict[Design, list[Slice]]:
    """Let the writers have their turns; the tallies are folded once a second, as in use."""
    tallies = databases[Design.TALLIES].tallies
    with writing(cluster, scripts, size.variables) as writers:
        meanwhile = {databases[Design.TALLIES].name: lambda: fold(tallies)}
        found = slices(cluster, writers, meanwhile, WRITE_ROUNDS, what)
    fold(tallies)
    return {design: found[database.name] for design, database in databases.items()}


def _log(cluster: Cluster, pair: Mapping[Design, Database], size: Size, bars: Bars) -> None:
    found = log_of_messages(cluster, pair, size.variables)
    print("log of a message, no pages in full: " + ", ".join(f"{name} {wal:,.0f} B" for name, wal in found.items()))
    bars.at_most(f"log_with_over_without_in_{size.rooms}_rooms", found[FOLDED] / found[Design.NONE], 1.25)


def _copying(cluster: Cluster, pair: Mapping[Design, Database], size: Size, bars: Bars) -> None:
    taken, folded = copies(cluster, pair, size)
    none, tallies = taken[Design.NONE], taken[Design.TALLIES]
    speed = median(one / other for one, other in zip(none, tallies, strict=True))
    print(f"COPY of {COPIED:,}: {median(none):.2f} s without, {median(tallies):.2f} s with tallies; folded in {folded:.2f} s")
    bars.at_least(f"copy_with_over_without_in_{size.rooms}_rooms", speed, 0.9)


def _over(one: list[Slice], other: list[Slice], what: str) -> float:
    """Return the median of the rounds' ratios."""
    return median(getattr(mine, what) / getattr(its, what) for mine, its in zip(one, other, strict=True))
