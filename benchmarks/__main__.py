"""`python -m benchmarks [NAME …]`: run the named benchmarks, or all."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run the benchmarks one after the other, each in its own process.

    Returns 0 if all bars are met, 1 if one is short, and 2 if a name is unknown.
    """
    available = sorted(path.stem for path in HERE.glob("[a-z]*.py") if path.stem not in {"measuring", "ranks"})
    names = sys.argv[1:] or available
    if unknown := set(names) - set(available):
        print(f"Unknown benchmark: {', '.join(sorted(unknown))}. Available: {', '.join(available)}.", file=sys.stderr)
        return 2
    statuses = []
    for name in names:
        print(f"== {name}", flush=True)
        statuses.append(run(name))
    return max(statuses)


def run(name: str) -> int:
    """Run a benchmark and return its exit status. If this process is terminated, so is that one, which stops its servers."""
    process = subprocess.Popen([sys.executable, "-m", f"benchmarks.{name}"])
    try:
        return process.wait()
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
