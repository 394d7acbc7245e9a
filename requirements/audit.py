"""Check pinned requirements for known vulnerabilities: `python -m requirements.audit --requirement FILE …`.

The arguments are those of pip-audit. It ends in the same way if it finds a vulnerability, if its service cannot be reached, and
if it breaks; here, only the second is no failure.
"""

import os
import re
import subprocess
import sys

SERVICE = os.environ.get("OSV_URL", "https://api.osv.dev/v1/query")
# What a request may wait for the service, and what the whole may take, as when names of hosts are not resolved.
TIMEOUT, PATIENCE = "5", 120
# Everything is pinned, so nothing has to be resolved with pip.
COMMAND = [
    *(sys.executable, "-m", "pip_audit", "--disable-pip", "--progress-spinner", "off"),
    *("--vulnerability-service", "osv", "--osv-url", SERVICE, "--timeout", TIMEOUT),
]
# How pip-audit ends if it cannot connect, is not answered, or the service is down.
UNREACHABLE = re.compile(
    r"^requests\.exceptions\.(ConnectionError|ProxyError|ReadTimeout|HTTPError: 5\d\d)|Could not connect to", re.MULTILINE
)


def main() -> int:
    """Run pip-audit, and return 0 if it finds nothing or could not check anything, 1 otherwise."""
    try:
        done = subprocess.run([*COMMAND, *sys.argv[1:]], capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return _not_checked()
    if done.returncode and UNREACHABLE.search(done.stderr):
        return _not_checked()
    print(done.stderr + done.stdout, end="", flush=True)
    return int(done.returncode != 0)


def _not_checked() -> int:
    print(f"The requirements were not checked for vulnerabilities: {SERVICE} cannot be reached.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
