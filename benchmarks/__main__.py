"""`python -m benchmarks [NAME]`: run one program, or all."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run the programs one after the other, each in a process of its own; fail when a bar is short or a name unknown."""
    known = sorted(path.stem for path in HERE.glob("[a-z]*.py") if path.stem not in {"measuring", "ranks"})
    chosen = sys.argv[1:] or known
    if unknown := set(chosen) - set(known):
        print(f"There is no benchmark named {', '.join(sorted(unknown))}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    statuses = []
    for name in chosen:
        print(f"== {name}", flush=True)
        statuses.append(subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode)
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
