"""The cost of an import relative to a bulk insert of the same rows: COPY on PostgreSQL, executemany on SQLite.

`make bench NAME=import` generates an export; `DIR=… make bench NAME=import` uses an existing one.
"""

import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.measuring import Bars

ROUNDS = 3
MESSAGES = 200_000
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
    options = LoadOptions(rejects=Path(var) / "rejects.jsonl")
    # This comes first, since a child's peak memory includes what its parent used when the child was started.
    resident = peak_of_an_import(folder, options.rejects)
    rows = rows_of(Path(folder))
    operations = {"import": lambda: load(RocketChatExport(Path(folder)), options), "insert": lambda: bulk_insert(rows)}
    seconds: dict[str, list[float]] = {name: [] for name in operations}
    for _ in range(ROUNDS):
        for name, operation in operations.items():
            empty(rows)
            started = time.perf_counter()
            operation()
            seconds[name].append(time.perf_counter() - started)
    ratios = [one / other for one, other in zip(seconds["import"], seconds["insert"], strict=True)]
    total = sum(len(values) for _, _, values in rows)
    medians = ", ".join(f"{name} {median(values):.1f} s" for name, values in seconds.items())
    print(f"{connection.vendor}: {total:,} rows, {medians}")
    bars = Bars()
    insert = "COPY" if connection.vendor == "postgresql" else "executemany"
    bars.at_most(f"import_over_{insert}_{connection.vendor}", median(ratios), 4)
    bars.at_most(f"import_resident_megabytes_{connection.vendor}", resident, 300)
    bars.finish()


def peak_of_an_import(folder: str, rejects: Path) -> float:
    """Import in a separate process and return its peak memory in MB."""
    command = [sys.executable, "manage.py", "import_chat", "rocketchat", folder, "--rejects", str(rejects)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEGABYTE


def rows_of(folder: Path) -> list[tuple]:
    """Return the rows that an import writes: (model, columns, values)."""
    from statsproject.chat.importers.rocketchat.export import RocketChatExport

    tables = []
    ids: dict = {}
    for collection, stream in RocketChatExport(folder).streams():
        rows = [collection.to_row(document.value) for document in stream.documents() if document.value]
        rows = list({row["id"]: row for row in rows}.values())
        ids[collection.model] = {row["id"] for row in rows}
        for column, model in collection.optional:
            for row in rows:
                if row[column] not in ids.get(model, ()):
                    row[column] = None
        rows = [row for row in rows if all(row[column] in ids.get(model, ()) for column, model in collection.required)]
        if rows:
            tables.append((collection.model, list(rows[0]), [tuple(row.values()) for row in rows]))
    return tables


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
    """Empty the tables and release their disk space."""
    from django.db import connection

    with connection.cursor() as cursor:
        for model, _, _ in reversed(tables):
            if connection.vendor == "postgresql":
                cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
            else:
                cursor.execute(f"DELETE FROM {model._meta.db_table}")
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")


def make_export(folder: Path) -> Path:
    """Generate an export of a workspace of medium size."""
    rng = random.Random(1)
    at = {"$date": "2024-05-01T10:00:00.250Z"}
    collections = {
        "users": [{"_id": f"u{n:05}", "username": f"user-{n}", "createdAt": at} for n in range(5_000)],
        "rocketchat_room": [{"_id": f"r{n:04}", "t": rng.choice("cpdl"), "ts": at, "msgs": 0} for n in range(500)],
        "rocketchat_message": [
            {
                "_id": f"m{rng.getrandbits(60):015x}",
                "rid": f"r{int(500 * rng.random() ** 3):04}",
                "u": {"_id": f"u{int(5_000 * rng.random() ** 2):05}"},
                "ts": {"$date": 1_500_000_000_000 + n * 1_000_000},
            }
            for n in range(MESSAGES)
        ],
    }
    for name, documents in collections.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(document) + "\n" for document in documents)
    return folder


if __name__ == "__main__":
    main()
