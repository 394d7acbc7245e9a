"""The process that takes the snapshot."""

import platform
import time
from typing import Any

import psutil


def read_process() -> dict[str, Any]:
    """Return the runtime's version and name, the process id, and its age in seconds with three decimals."""
    process = psutil.Process()
    return {
        "nodeVersion": f"v{platform.python_version()}",
        "runtime": platform.python_implementation(),
        "pid": process.pid,
        "uptime": round(time.time() - process.create_time(), 3),
    }
