"""The cost of the probe of the machine, compared with Node's own functions and with the bare psutil calls that it makes."""

import json
import shutil
import subprocess

from benchmarks.measuring import Bars, fresh_sqlite, interleaved

ROUNDS = 201
NODE = """
const os = require('os'); const times = [];
const probe = () => [os.type(), os.platform(), os.arch(), os.release(), os.uptime(), os.loadavg(), os.totalmem(),
  os.freemem(), os.cpus()];
for (let i = 0; i < 201; i++) { const t = process.hrtime.bigint(); probe(); times.push(Number(process.hrtime.bigint() - t)); }
times.sort((a, b) => a - b); console.log(JSON.stringify(times[100] / 1e9));
"""


def main() -> None:
    """Compare with psutil and, if Node is installed, with Node."""
    with fresh_sqlite():
        import psutil

        from statistics_app.probes.host import read_os

        def bare_psutil() -> None:
            psutil.virtual_memory()
            psutil.cpu_times(percpu=True)
            psutil.cpu_freq(percpu=True)
            psutil.getloadavg()

        times = interleaved({"probe": read_os, "psutil": bare_psutil}, ROUNDS)
        print(f"probe {times['probe'] * 1e3:.3f} ms, the psutil calls alone {times['psutil'] * 1e3:.3f} ms")
        bars = Bars()
        bars.at_most("probe_over_bare_psutil", times["probe"] / times["psutil"], 4)
        if node := shutil.which("node"):
            node_seconds = json.loads(subprocess.check_output([node, "-e", NODE], text=True))
            print(f"Node's os module {node_seconds * 1e3:.3f} ms")
            bars.at_most("probe_over_node", times["probe"] / node_seconds, 5)
        bars.finish()


if __name__ == "__main__":
    main()
