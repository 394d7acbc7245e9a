"""Data about the process that takes the snapshot."""

import os
import platform
import sys
import time
from pathlib import Path

import psutil
import pytest

from statistics_app.probes.process import read_process


def test_it_is_this_process_and_its_runtime() -> None:
    read = read_process()
    assert list(read) == ["nodeVersion", "runtime", "pid", "uptime"]
    assert read["nodeVersion"] == "v" + ".".join(map(str, sys.version_info[:3])) + (
        "+" * platform.python_version().endswith("+")
    )
    assert read["runtime"].lower() == sys.implementation.name
    assert read["pid"] == os.getpid()


def test_its_age_equals_psutils() -> None:
    before = time.time()
    uptime = read_process()["uptime"]
    after = time.time()
    started = psutil.Process().create_time()
    assert before - started - 0.001 <= uptime <= after - started + 0.001


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_its_age_equals_proc() -> None:
    after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    started = int(after_name[19]) / os.sysconf("SC_CLK_TCK")
    since_boot = float(Path("/proc/uptime").read_text().split()[0])
    assert abs(read_process()["uptime"] - (since_boot - started)) < 2


def test_its_age_increases_and_has_three_decimals() -> None:
    ages = []
    while len(set(ages)) < 5:
        ages.append(read_process()["uptime"])
    assert ages == sorted(ages)
    assert ages == [round(age, 3) for age in ages]
    assert all(isinstance(age, float) for age in ages)
