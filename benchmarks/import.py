"""The cost of an import relative to a bulk insert of the same rows: COPY on PostgreSQL, executemany on SQLite.

`make bench NAME=import` generates an export of MESSAGES, 200,000 by default; `DIR=… make bench NAME=import` uses an existing
one. ROUNDS sets how often each is measured. On SQLite, where all work is done in the process, the ratio of CPU times is printed
too: that of durations depends on what else the machine does.
"""

import gzip
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import truediv
from pathlib import Path
from statistics import median

from benchmarks.measuring import Bars

ROUNDS = int(os.environ.get("ROUNDS", "3"))
MESSAGES = int(os.environ.get("MESSAGES", "200000"))
CHUNK = 10_000
MEGABYTE = 1024


def main() -> None:
    """Measure both databases, each in a separate process, since Django is set up for one."""
    with tempfile.TemporaryDirectory(prefix="stats-bench-") as folder:
        export = Path(os.environ["DIR"]).resolve() if os.environ.get("DIR") else make_export(Path(folder))
        from tests.services.postgresql import PostgreSQL

        server = PostgreSQL()
        server.start()
        try:
            statuses = [run(export, Path(folder), url) for url in (f"sqlite:///{folder}/bench.sqlite3", f"{server.url}")]
        finally:
            server.stop()
    sys.exit(max(statuses))


def run(export: Path, var: Path, url: str) -> int:
    """Run the measurement on one database and return its exit status."""
    environment = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "statsproject.settings"}
    command = [
        sys.executable,
        "-c",
        "import sys; from importlib import import_module as i; i('benchmarks.import').measure(*sys.argv[1:])",
    ]
    return subprocess.run([*command, str(export), str(var)], env=environment, check=False).returncode


def measure(folder: str, var: str) -> None:
    """Import and bulk insert alternately into empty tables, and compare the times."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from statsproject.chat.importers.load import LoadOptions, load
    from statsproject.chat.importers.rocketchat.export import RocketChatExport

    call_command("migrate", verbosity=0)
    if connection.vendor == "sqlite":
        connection.close()
        shutil.copy(connection.settings_dict["NAME"], pristine(connection.settings_dict["NAME"]))
    options = LoadOptions(rejects=Path(var) / "rejects.jsonl")
    # This comes first, since a child's peak memory includes what its parent used when the child was started.
    resident = peak_of_an_import(folder, options.rejects)
    rows = rows_of(Path(folder))
    operations = {"import": lambda: load(RocketChatExport(Path(folder)), options), "insert": lambda: bulk_insert(rows)}
    seconds: dict[str, list[float]] = {name: [] for name in operations}
    cpu: dict[str, list[float]] = {name: [] for name in operations}
    for _ in range(ROUNDS):
        for name, operation in operations.items():
            empty(rows)
            started, cpu_started = time.perf_counter(), time.process_time()
            operation()
            seconds[name].append(time.perf_counter() - started)
            cpu[name].append(time.process_time() - cpu_started)
    total = sum(len(values) for _, _, values in rows)
    medians = ", ".join(f"{name} {median(values):.1f} s" for name, values in seconds.items())
    ratio, cpu_ratio = (median(map(truediv, each["import"], each["insert"])) for each in (seconds, cpu))
    print(f"{connection.vendor}: {total:,} rows, {medians}, {1e6 * median(seconds['import']) / total:.1f} µs a row", flush=True)
    bars = Bars()
    insert = "COPY" if connection.vendor == "postgresql" else "executemany"
    most = 1.5 if connection.vendor == "postgresql" else 2.5
    bars.at_most(f"import_over_{insert}_{connection.vendor}", ratio, most)
    if connection.vendor == "sqlite":
        print(f"import_over_{insert}_cpu_{connection.vendor} {cpu_ratio:.2f}")
    bars.at_most(f"import_resident_megabytes_{connection.vendor}", resident, 300)
    bars.finish()


def peak_of_an_import(folder: str, rejects: Path) -> float:
    """Import in a separate process and return its peak memory in MB."""
    command = [sys.executable, "manage.py", "import_chat", "rocketchat", folder, "--rejects", str(rejects)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEGABYTE


def rows_of(folder: Path) -> list[tuple]:
    """Return the rows that an import writes: (model, columns, values)."""
    from statsproject.chat.importers.mapping import map_documents
    from statsproject.chat.importers.references import KnownIds
    from statsproject.chat.importers.rocketchat.export import RocketChatExport

    known = KnownIds(is_dry_run=True)
    tables: dict = {}
    for collection, stream in RocketChatExport(folder).streams():
        for documents in chunks(stream.documents()):
            batch = map_documents(collection, documents, known)
            for model, rows in (*batch.placeholders.items(), (collection.model, {row["id"]: row for row in batch.rows()})):
                tables.setdefault((model, tuple(next(iter(rows.values()), ()))), {}).update(
                    (id_, tuple(row.values())) for id_, row in rows.items()
                )
    return [(model, columns, list(values.values())) for (model, columns), values in tables.items() if values]


def chunks(documents: Iterator) -> Iterator[list]:
    """Yield the documents in lists."""
    while chunk := list(islice(documents, CHUNK)):
        yield chunk


def bulk_insert(tables: list[tuple]) -> None:
    """Write the rows with the fastest method of the database, in one transaction."""
    from django.db import connection, transaction

    with transaction.atomic():
        for model, columns, values in tables:
            table, names = model._meta.db_table, ", ".join(columns)
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in values:
                        copy.write_row(row)
            else:
                placeholders = ", ".join("?" for _ in columns)
                adapted = ([str(v.replace(tzinfo=None)) if hasattr(v, "tzinfo") else v for v in row] for row in values)
                connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({placeholders})", adapted)


def empty(tables: list[tuple]) -> None:
    """Empty the tables, and what is counted of them."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model, _, _ in tables)} CASCADE")
        return
    # Deleting rows takes long, and leaves events of their removal.
    connection.close()
    shutil.copy(pristine(connection.settings_dict["NAME"]), connection.settings_dict["NAME"])


def pristine(file: str) -> str:
    """Return where the empty database of a file is kept."""
    return f"{file}.empty"


def make_export(folder: Path) -> Path:
    """Generate an export of a workspace of medium size."""
    rng = random.Random(1)
    at = {"$date": "2024-05-01T10:00:00.250Z"}
    collections: dict[str, Iterable[dict]] = {
        "users": ({"_id": f"u{n:05}", "username": f"user-{n}", "createdAt": at} for n in range(5_000)),
        "rocketchat_room": ({"_id": f"r{n:04}", "t": rng.choice("cpdl"), "ts": at, "msgs": 0} for n in range(500)),
        "rocketchat_message": (
            {
                "_id": f"m{rng.getrandbits(60):015x}",
                "rid": f"r{int(500 * rng.random() ** 3):04}",
                "u": {"_id": f"u{int(5_000 * rng.random() ** 2):05}"},
                "ts": {"$date": 1_500_000_000_000 + n * 300_000_000_000 // MESSAGES},
            }
            for n in range(MESSAGES)
        ),
    }
    for name, documents in collections.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", compresslevel=1) as file:
            file.writelines(json.dumps(document) + "\n" for document in documents)
    return folder


if __name__ == "__main__":
    main()
