"""`python -m tests.matrix [ARGUMENT…]`: run pytest with these arguments on every combination, and print how each ended.

The environments are made in `var/matrix` and kept for the next run. Without arguments, the tests that depend on the database
run on SQLite.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from statsproject.programs.redis_server import find_redis_server
from tests.install.environments import Environment, new_environment
from tests.services.programs import ROOT

from .interpreters import interpreters

# The newest release may need a newer Python; then the newest for this one is installed, and is not tested twice.
DJANGO = {"5.2": "django>=5.2,<5.3", "newest": "django"}
FOLDER = ROOT / "var" / "matrix"
TESTS = ("-m", "any_database and not long and not slow")
DEVELOPMENT = ROOT / "requirements" / "dev.txt"


def main() -> int:
    """Run the tests on each combination, and return 1 if one failed."""
    outcomes: dict[str, str] = {}
    for version, python in interpreters().items():
        for name, requirement in DJANGO.items():
            began = time.monotonic()
            environment = _environment(FOLDER / f"python-{version}-django-{name}", python, requirement)
            django = _output(environment, "-c", "import django; print(django.__version__)")
            combination = f"Python {version}, Django {django}"
            if combination in outcomes:
                continue
            print(f"== {combination}", flush=True)
            status = subprocess.run(_command(environment), cwd=ROOT, env=_variables(), check=False).returncode
            outcomes[combination] = f"{'passed' if status == 0 else f'FAILED ({status})'} in {time.monotonic() - began:.0f} s"
    print("", *(f"{combination}: {outcome}" for combination, outcome in outcomes.items()), sep="\n")
    return int(any("FAILED" in outcome for outcome in outcomes.values()))


def _command(environment: Environment) -> list[str]:
    workers = str(max(2, (os.cpu_count() or 2)))
    return [environment.python, "-m", "pytest", "-q", "-n", workers, *(sys.argv[1:] or TESTS)]


def _variables() -> dict[str, str]:
    """Return the variables of this process, with the Redis server of this environment on the PATH."""
    redis_server = find_redis_server()
    path = [*([str(Path(redis_server).parent)] if redis_server else []), os.environ.get("PATH", "")]
    return {**os.environ, "PATH": os.pathsep.join(path)}


def _environment(folder: Path, python: str, django: str) -> Environment:
    """Return an environment with everything that the tests need, and one version of Django."""
    made = folder / ".made"
    wanted = DEVELOPMENT.read_text() + django
    if made.exists() and made.read_text() == wanted:
        return Environment(folder)
    environment = new_environment(folder, python)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", environment.python, "install", "--quiet"]
    subprocess.run([*pip, "--require-hashes", "-r", str(DEVELOPMENT)], check=True)
    subprocess.run([*pip, "--upgrade", django], check=True)
    made.write_text(wanted)
    return environment


def _output(environment: Environment, *arguments: str) -> str:
    return subprocess.run([environment.python, *arguments], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
