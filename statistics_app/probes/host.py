"""The machine, said as Node's `os` module says it: same keys, same units."""

import os
import platform
import re
import sys
import time
from pathlib import Path
from typing import Any

import psutil

# What Node calls the machine types that uname names.
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
UNKNOWN_MODEL = "unknown"


def read_os() -> dict[str, Any]:
    """Read the operating system's figures: seconds, bytes, MHz, milliseconds.

    `freemem` is what is available, as libuv reports it; CPU times are those since boot.
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
    """Translate uname's machine to Node's word for it; one that Node does not know stays as it is."""
    return _NODE_ARCH.get(machine.lower(), machine)


def read_uptime() -> int:
    """Read the whole seconds since boot, time asleep included."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return int(time.clock_gettime(time.CLOCK_BOOTTIME))
    return int(time.time() - psutil.boot_time())


def read_cpus() -> list[dict[str, Any]]:
    """Read each core's model, speed (MHz, 0 where the machine does not say) and times (ms)."""
    times = psutil.cpu_times(percpu=True)
    models = read_models(len(times))
    speeds = read_speeds(len(times))
    return [
        {
            "model": model,
            "speed": speed,
            "times": {
                "user": round(spent.user * 1000),
                "nice": round(getattr(spent, "nice", 0) * 1000),
                "sys": round(spent.system * 1000),
                "idle": round(spent.idle * 1000),
                "irq": round(getattr(spent, "irq", 0) * 1000),
            },
        }
        for model, speed, spent in zip(models, speeds, times, strict=True)
    ]


def read_models(cores: int) -> list[str]:
    """Read the model names from /proc/cpuinfo, one a core; psutil has none."""
    text = _CPUINFO.read_text(errors="replace") if _CPUINFO.exists() else ""
    names = [name.strip() for name in re.findall(r"^model name\s*:(.*)$", text, re.MULTILINE)]
    return (names + [names[-1] if names else platform.processor() or UNKNOWN_MODEL] * cores)[:cores]


def read_speeds(cores: int) -> list[int]:
    """Read the present speeds in MHz; a machine may say one for all, or none."""
    try:
        speeds = [int(found.current) for found in psutil.cpu_freq(percpu=True)]
    except (OSError, NotImplementedError, AttributeError):
        speeds = []
    return (speeds + [speeds[-1] if speeds else 0] * cores)[:cores]
