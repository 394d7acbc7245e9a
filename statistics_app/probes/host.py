"""Data about the machine in the format of Node's `os` module: same keys, same units."""

import os
import platform
import re
import sys
import time
from pathlib import Path
from typing import Any

import psutil

# Node's names for the machine types of uname.
_NODE_ARCH = {
    "x86_64": "x64",
    "amd64": "x64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "i386": "ia32",
    "i686": "ia32",
    "armv6l": "arm",
    "armv7l": "arm",
    "ppc64le": "ppc64",
    "ppc64": "ppc64",
    "s390x": "s390x",
    "riscv64": "riscv64",
    "loongarch64": "loong64",
}
_CPUINFO = Path("/proc/cpuinfo")
_UPTIME = Path("/proc/uptime")
UNKNOWN_MODEL = "unknown"


def read_os() -> dict[str, Any]:
    """Return data about the operating system, memory and CPUs, in seconds, bytes, MHz and milliseconds.

    `freemem` is the available memory, as libuv reports it; CPU times are counted since boot.
    """
    uname = os.uname()
    memory = psutil.virtual_memory()
    return {
        "type": uname.sysname,
        "platform": sys.platform,
        "arch": node_arch(uname.machine),
        "release": uname.release,
        "uptime": read_uptime(),
        "loadavg": [round(load, 2) for load in psutil.getloadavg()],
        "totalmem": memory.total,
        "freemem": memory.available,
        "cpus": read_cpus(),
    }


def node_arch(machine: str) -> str:
    """Return Node's name for a machine type of uname; an unknown one is returned unchanged."""
    return _NODE_ARCH.get(machine.lower(), machine)


def read_uptime() -> int:
    """Return the whole seconds since boot, including time in suspend.

    As for Node, /proc comes first: in a container of LXC or OpenVZ it has the uptime of the container, the clock the host's.
    The load averages are read from /proc too, by the C library.
    """
    if _UPTIME.exists():
        return int(float(_UPTIME.read_text().split()[0]))
    if hasattr(time, "CLOCK_BOOTTIME"):
        return int(time.clock_gettime(time.CLOCK_BOOTTIME))
    return int(time.time() - psutil.boot_time())


def read_cpus() -> list[dict[str, Any]]:
    """Return the model, speed (MHz, 0 if unknown) and times (ms) of each core."""
    times = psutil.cpu_times(percpu=True)
    models = read_models(len(times))
    speeds = read_speeds(len(times))
    return [
        {
            "model": model,
            "speed": speed,
            "times": {
                "user": round(core.user * 1000),
                "nice": round(getattr(core, "nice", 0) * 1000),
                "sys": round(core.system * 1000),
                "idle": round(core.idle * 1000),
                "irq": round(getattr(core, "irq", 0) * 1000),
            },
        }
        for model, speed, core in zip(models, speeds, times, strict=True)
    ]


def read_models(cores: int) -> list[str]:
    """Return the model name of each core from /proc/cpuinfo; psutil does not provide it."""
    text = _CPUINFO.read_text(errors="replace") if _CPUINFO.exists() else ""
    names = [name.strip() for name in re.findall(r"^model name\s*:(.*)$", text, re.MULTILINE)]
    return (names + [names[-1] if names else platform.processor() or UNKNOWN_MODEL] * cores)[:cores]


def read_speeds(cores: int) -> list[int]:
    """Return the current speed of each core in MHz; a system may report one for all cores, or none."""
    try:
        speeds = [int(frequency.current) for frequency in psutil.cpu_freq(percpu=True)]
    except (OSError, NotImplementedError, AttributeError):
        speeds = []
    return (speeds + [speeds[-1] if speeds else 0] * cores)[:cores]
