"""Data about the machine: compared with Node's own if it is installed, with /proc, and for simulated other machines."""

import json
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from statistics_app.probes import host

PROC = Path("/proc")
NODE = shutil.which("node")
NODE_SCRIPT = (
    "JSON.stringify({type:os.type(),platform:os.platform(),arch:os.arch(),release:os.release(),uptime:os.uptime(),"
    "loadavg:os.loadavg(),totalmem:os.totalmem(),freemem:os.freemem(),cpus:os.cpus()})"
)
TIMES = ("user", "nice", "sys", "idle", "irq")
TICK_MS = 20

with_proc = pytest.mark.skipif(not PROC.joinpath("stat").exists(), reason="no /proc on this system; Node is compared instead")
with_node = pytest.mark.skipif(NODE is None, reason="no Node on this machine; /proc is compared instead")


@with_node
def test_the_system_equals_nodes() -> None:
    before = host.read_os()
    output = subprocess.run([str(NODE), "-p", NODE_SCRIPT], capture_output=True, check=True, text=True, timeout=60)
    node, after = json.loads(output.stdout), host.read_os()
    assert list(before) == list(node)
    for key in ("type", "platform", "arch", "release", "totalmem"):
        assert before[key] == node[key], key
    assert abs(before["uptime"] - node["uptime"]) < 2
    assert_between(before["loadavg"], node["loadavg"], after["loadavg"], 0.1)
    assert_between([before["freemem"]], [node["freemem"]], [after["freemem"]], 0.05 * node["totalmem"])


@with_node
def test_every_core_equals_nodes() -> None:
    """The speed is not compared: on some virtual machines Node reports 0 although psutil can read it."""
    before = host.read_cpus()
    output = subprocess.run([str(NODE), "-p", NODE_SCRIPT], capture_output=True, check=True, text=True, timeout=60)
    node, after = json.loads(output.stdout)["cpus"], host.read_cpus()
    assert [core["model"] for core in before] == [core["model"] for core in node]
    for ours, theirs, ours_again in zip(before, node, after, strict=True):
        assert list(ours) == list(theirs)
        assert list(ours["times"]) == list(theirs["times"]) == list(TIMES)
        assert_between(ours["times"].values(), theirs["times"].values(), ours_again["times"].values(), TICK_MS)


def assert_between(before: Any, middle: Any, after: Any, margin: float) -> None:
    """Assert that values read between two readings lie between them, within a margin."""
    for first, second, third in zip(before, middle, after, strict=True):
        assert min(first, third) - margin <= second <= max(first, third) + margin


def proc(name: str) -> str:
    """Return the text of a file below /proc."""
    return PROC.joinpath(name).read_text().strip()


def meminfo(name: str) -> int:
    """Return a value of /proc/meminfo in bytes."""
    [line] = [line for line in proc("meminfo").splitlines() if line.startswith(f"{name}:")]
    return int(line.split()[1]) * 1024


def stat() -> list[list[int]]:
    """Return the five times of every core from /proc/stat in milliseconds."""
    ms = 1000 // os.sysconf("SC_CLK_TCK")
    lines = [line.split() for line in proc("stat").splitlines() if line.startswith("cpu") and line[3].isdigit()]
    return [[int(line[index]) * ms for index in (1, 2, 3, 4, 6)] for line in lines]


@with_proc
def test_the_system_equals_proc() -> None:
    read = host.read_os()
    assert read["type"] == proc("sys/kernel/ostype")
    assert read["release"] == proc("sys/kernel/osrelease")
    assert read["platform"] == "linux"
    assert read["arch"] == host.node_arch(platform.machine())


@with_proc
def test_the_memory_equals_proc() -> None:
    read = host.read_os()
    assert read["totalmem"] == meminfo("MemTotal")
    assert abs(read["freemem"] - meminfo("MemAvailable")) < 0.05 * read["totalmem"]


@with_proc
def test_the_uptime_equals_proc_in_whole_seconds() -> None:
    uptime = host.read_uptime()
    assert isinstance(uptime, int)
    assert abs(uptime - float(proc("uptime").split()[0])) < 2


@with_proc
def test_the_load_equals_proc() -> None:
    # Both are rounded to hundredths, and 4.14 + 0.01 is slightly less than 4.15.
    margin = 0.011
    before, of_proc, after = (read() for read in (psutil.getloadavg, _load, psutil.getloadavg))
    assert_between(before, of_proc, after, margin)
    before, read, after = _load(), host.read_os()["loadavg"], _load()
    assert_between(before, read, after, margin)


def _load() -> list[float]:
    return [float(load) for load in proc("loadavg").split()[:3]]


@with_proc
def test_the_times_of_the_cores_equal_proc() -> None:
    before, read, after = stat(), host.read_cpus(), stat()
    for first, core, last in zip(before, read, after, strict=True):
        assert list(core["times"]) == list(TIMES)
        assert_between(first, core["times"].values(), last, 0)


@with_proc
def test_the_models_equal_proc() -> None:
    models = [line.partition(":")[2].strip() for line in proc("cpuinfo").splitlines() if line.startswith("model name")]
    read = [core["model"] for core in host.read_cpus()]
    assert len(read) == len(stat())
    assert read == (models or [read[0]] * len(read))


class MacTimes(NamedTuple):
    """psutil's times on a system that counts neither irq nor nice."""

    user: float
    system: float
    idle: float


class Frequency(NamedTuple):
    """psutil's scpufreq."""

    current: float
    min: float
    max: float


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Return a function that reads the cores of a simulated machine without /proc."""

    def read(cores: int, frequencies: Callable[[], Any] | None = None, cpuinfo: str = "") -> list[dict[str, Any]]:
        tuples = [MacTimes(user=12.345678, system=0.0004, idle=100_000.01)] * cores
        monkeypatch.setattr(psutil, "cpu_times", lambda percpu: tuples)
        if frequencies is None:
            monkeypatch.delattr(psutil, "cpu_freq", raising=False)
        else:
            monkeypatch.setattr(psutil, "cpu_freq", lambda percpu: frequencies())
        if cpuinfo:
            tmp_path.joinpath("cpuinfo").write_text(cpuinfo)
        monkeypatch.setattr(host, "_CPUINFO", tmp_path / "cpuinfo")
        return host.read_cpus()

    return read


def test_without_irq_nice_and_frequency_the_values_are_zero(elsewhere: Callable[..., Any]) -> None:
    [core, _] = elsewhere(2)
    assert core["times"] == {"user": 12346, "nice": 0, "sys": 0, "idle": 100_000_010, "irq": 0}
    assert core["speed"] == 0
    assert core["model"]


def unsupported() -> Any:
    """Raise psutil's error for a system without frequencies."""
    raise NotImplementedError


def unreadable() -> Any:
    """Raise psutil's error for a file of frequencies that cannot be read."""
    raise PermissionError(13, "Permission denied", "/sys/devices/system/cpu")


@pytest.mark.parametrize(
    ("frequencies", "speeds"),
    [
        (lambda: [Frequency(2599.9, 800, 4200)], [2599, 2599, 2599]),
        (lambda: [Frequency(1000.0, 0, 0), Frequency(2000.0, 0, 0), Frequency(3000.5, 0, 0)], [1000, 2000, 3000]),
        (lambda: [Frequency(1000.0, 0, 0)] * 5, [1000, 1000, 1000]),
        (lambda: [Frequency(0.0, 0, 0)], [0, 0, 0]),
        (list, [0, 0, 0]),
        (unsupported, [0, 0, 0]),
        (unreadable, [0, 0, 0]),
    ],
)
def test_the_speed_is_known_for_every_core_or_one_for_all_or_none(
    elsewhere: Callable[..., Any], frequencies: Callable[[], Any], speeds: list[int]
) -> None:
    assert [core["speed"] for core in elsewhere(3, frequencies)] == speeds


def test_a_single_model_applies_to_every_core(elsewhere: Callable[..., Any]) -> None:
    cores = elsewhere(3, cpuinfo="processor\t: 0\nmodel name\t: Some CPU @ 2.00GHz \nflags\t: fpu\n")
    assert [core["model"] for core in cores] == ["Some CPU @ 2.00GHz"] * 3


@pytest.mark.parametrize("processor", ["arm", ""])
def test_without_a_model_it_is_the_processor_or_unknown(
    elsewhere: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, processor: str
) -> None:
    monkeypatch.setattr(platform, "processor", lambda: processor)
    assert elsewhere(1, cpuinfo="processor\t: 0\nCPU part\t: 0xd0c\n")[0]["model"] == (processor or "unknown")


def test_the_uptime_of_a_container_is_that_in_its_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tmp_path.joinpath("uptime").write_text("42.97 80.12\n")
    monkeypatch.setattr(host, "_UPTIME", tmp_path / "uptime")
    assert host.read_os()["uptime"] == 42


def test_without_proc_the_uptime_is_that_of_the_boot_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(host, "_UPTIME", tmp_path / "uptime")
    assert abs(host.read_uptime() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 2


def test_without_a_boot_clock_the_uptime_is_computed_from_psutils_boot_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(host, "_UPTIME", tmp_path / "uptime")
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    monkeypatch.setattr(psutil, "boot_time", lambda: time.time() - 86_400.5)
    assert host.read_uptime() == 86_400


@pytest.mark.parametrize(
    ("machine", "arch"),
    [
        ("x86_64", "x64"),
        ("AMD64", "x64"),
        ("aarch64", "arm64"),
        ("arm64", "arm64"),
        ("armv7l", "arm"),
        ("i686", "ia32"),
        ("ppc64le", "ppc64"),
        ("s390x", "s390x"),
        ("riscv64", "riscv64"),
        ("loongarch64", "loong64"),
        ("Alpha", "Alpha"),
    ],
)
def test_the_architecture_has_nodes_name(machine: str, arch: str) -> None:
    assert host.node_arch(machine) == arch
