"""How long the slowest requests take while snapshots are taken and people write."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .client import Load, request, run
from .monitors import STATISTICS, headers_of_a_member
from .servers import ROOT, Server, Servers

SECONDS = 20.0
WRITERS = 8

# Takes a snapshot each second, and writes from several threads, 10 messages a second each; prints a line when it has begun.
WORKLOAD = f"""
import threading, time
import django
django.setup()
from django.db import connection
from django.utils import timezone
from statistics_app.models.snapshot import Origin
from statistics_app.serialization import make_id
from statistics_app.snapshots import generation
from statsproject.chat.models import Message, Room

room = Room.objects.first()

def write():
    while True:
        Message.objects.create(id=make_id(), room=room, sent_at=timezone.now())
        time.sleep(0.1)

generation.generate(Origin.COMMAND)
for _ in range({WRITERS}):
    threading.Thread(target=write, daemon=True).start()
print("begun", flush=True)
while True:
    time.sleep(1 - time.time() % 1)
    generation.generate(Origin.COMMAND)
"""


@contextmanager
def workload(servers: Servers) -> Iterator[None]:
    """Take snapshots and write, in a process of its own."""
    environment = servers.whole_environment()
    with subprocess.Popen([sys.executable, "-c", WORKLOAD], cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        try:
            yield
            if process.poll() is not None:
                raise RuntimeError("The snapshots and writers have ended.")
        finally:
            process.kill()


def loads_with_writers(servers: Servers, server: Server) -> dict[str, Load]:
    """Return loads of 64 connections while snapshots are taken each second and people write: of ours and a static view."""
    headers, _ = headers_of_a_member()
    with workload(servers):
        time.sleep(2)
        return {
            name: run(server.port, [request(path, headers)], 64, seconds=SECONDS).require(200)
            for name, path in (("ours", STATISTICS), ("static", "/bench/static"))
        }
