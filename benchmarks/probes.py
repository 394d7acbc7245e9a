"""What the probe of the machine costs beside Node's own, and beside the plain psutil calls that it is made of."""

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
    """Measure; without Node only the first bar."""
    with fresh_sqlite():
        import psutil

        from statistics_app.probes.host import read_os

        def raw() -> None:
            psutil.virtual_memory()
            psutil.cpu_times(percpu=True)
            psutil.cpu_freq(percpu=True)
            psutil.getloadavg()

        times = interleaved({"ours": read_os, "psutil": raw}, ROUNDS)
        print(f"ours {times['ours'] * 1e3:.3f} ms, the psutil calls alone {times['psutil'] * 1e3:.3f} ms")
        bars = Bars()
        bars.at_most("probe_over_bare_psutil", times["ours"] / times["psutil"], 4)
        if node := shutil.which("node"):
            nodes = json.loads(subprocess.check_output([node, "-e", NODE], text=True))
            print(f"Node's os module {nodes * 1e3:.3f} ms")
            bars.at_most("probe_over_node", times["ours"] / nodes, 5)
        bars.finish()


if __name__ == "__main__":
    main()
