"""What an import costs beside the bare writing of the same rows: COPY on PostgreSQL, executemany on SQLite.

`make bench NAME=import` takes an export that it makes itself; `DIR=… make bench NAME=import` takes another.
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
    """Measure both databases, each in a process of its own, since Django is set up for one."""
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
    """Run the measurement of one database."""
    environment = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "statsproject.settings"}
    command = [
        sys.executable,
        "-c",
        "import sys; from importlib import import_module as i; i('benchmarks.import').measure(*sys.argv[1:])",
    ]
    return subprocess.run([*command, str(export), str(var)], env=environment, check=False).returncode


def measure(folder: str, var: str) -> None:
    """Import and write barely, in turn, into emptied tables."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from statsproject.chat.importers.importing import Options, import_folder

    call_command("migrate", verbosity=0)
    options = Options(rejects=Path(var) / "rejects.jsonl")
    # First of all, since a child's peak counts what its parent held when it was begun.
    resident = peak_of_an_import(folder, options.rejects)
    rows = rows_of(Path(folder))
    taken: dict[str, list[float]] = {"import": [], "bare": []}
    for _ in range(ROUNDS):
        for name, deed in {"import": lambda: import_folder(Path(folder), options), "bare": lambda: write_barely(rows)}.items():
            empty(rows)
            began = time.perf_counter()
            deed()
            taken[name].append(time.perf_counter() - began)
    ratios = [one / other for one, other in zip(taken["import"], taken["bare"], strict=True)]
    total = sum(len(values) for _, _, values in rows)
    print(f"{connection.vendor}: {total:,} rows, import {median(taken['import']):.1f} s, bare {median(taken['bare']):.1f} s")
    bars = Bars()
    bare = "COPY" if connection.vendor == "postgresql" else "executemany"
    bars.at_most(f"import_over_{bare}_{connection.vendor}", median(ratios), 4)
    bars.at_most(f"import_resident_megabytes_{connection.vendor}", resident, 300)
    bars.finish()


def peak_of_an_import(folder: str, rejects: Path) -> float:
    """Import in a process of its own and return the most memory that it held, in MB."""
    command = [sys.executable, "manage.py", "import_chat", "rocketchat", folder, "--rejects", str(rejects)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEGABYTE


def rows_of(folder: Path) -> list[tuple]:
    """Read the rows that an import writes: (model, columns, values)."""
    from statsproject.chat.importers.documents import ExportFile, find_file
    from statsproject.chat.importers.rocketchat import COLLECTIONS

    tables = []
    ids: dict = {}
    for collection in COLLECTIONS:
        path = find_file(folder, collection.name)
        rows = [collection.row(d.value) for d in ExportFile(path).documents() if d.value] if path else []
        rows = list({row["id"]: row for row in rows}.values())
        ids[collection.model] = {row["id"] for row in rows}
        for column, model in collection.optional:
            for row in rows:
                if row[column] not in ids[model]:
                    row[column] = None
        rows = [row for row in rows if all(row[column] in ids[model] for column, model in collection.required)]
        if rows:
            tables.append((collection.model, list(rows[0]), [tuple(row.values()) for row in rows]))
    return tables


def write_barely(tables: list[tuple]) -> None:
    """Write the rows as the database likes it best, in one transaction."""
    from django.db import connection, transaction

    with transaction.atomic():
        for model, columns, values in tables:
            table, names = model._meta.db_table, ", ".join(columns)
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in values:
                        copy.write_row(row)
            else:
                marks = ", ".join("?" for _ in columns)
                adapted = ([str(v.replace(tzinfo=None)) if hasattr(v, "tzinfo") else v for v in row] for row in values)
                connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", adapted)


def empty(tables: list[tuple]) -> None:
    """Empty the tables, and give the room back."""
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
    """Make an export of a middling workspace."""
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
