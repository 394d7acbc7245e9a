"""nginx with the files of deploy/nginx, on ports of its own and with a certificate for this run."""

import os
import subprocess
from pathlib import Path

from statsproject.programs.processes import Program, free_port, is_listening, wait_until
from statsproject.up.proxy import find_nginx, nginx_command

from .programs import ROOT

MISSING = (
    "The tests with nginx were skipped, since nginx or openssl was not found: install them (on Debian and Ubuntu: "
    "apt-get install nginx openssl)."
)
FILES = ROOT / "deploy" / "nginx"
HTTP = "include upstream.conf; include statistics.conf;"


class Nginx:
    """The documented reverse proxy in front of two web servers."""

    def __init__(self, folder: Path, web_ports: tuple[int, int]) -> None:
        self.folder = folder
        self.http, self.https = free_port(), free_port()
        program = find_nginx()
        assert program is not None
        self.command = nginx_command(program, folder, HTTP)
        self._write(web_ports)

    def _write(self, web_ports: tuple[int, int]) -> None:
        """Copy the files to where a reader would copy them, with the ports of this run."""
        for name in ("statistics", "tls"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "statistics" / "locations.conf").write_text((FILES / "locations.conf").read_text())
        upstream = (FILES / "upstream.conf").read_text()
        for written, port in zip((":8000", ":8001"), web_ports, strict=True):
            assert written in upstream
            upstream = upstream.replace(written, f":{port}")
        (self.folder / "upstream.conf").write_text(upstream)
        site = (FILES / "statistics.conf").read_text()
        for written, port in {"listen 80 ": self.http, "listen 443 ": self.https}.items():
            assert written in site
            site = site.replace(written, f"listen 127.0.0.1:{port} ")
        # As where nothing else is said.
        site = site.replace("server_tokens off;", f"server_tokens off; access_log {self.folder}/access.log;")
        (self.folder / "statistics.conf").write_text(site)
        files = ["-keyout", "tls/privkey.pem", "-out", "tls/fullchain.pem"]
        options = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
        names = ["-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run(
            ["openssl", "req", "-x509", *options.split(), *names, *files], cwd=self.folder, check=True, capture_output=True
        )

    def start(self) -> Program:
        """Start it and wait until it is ready."""
        started = Program.start("nginx", self.command, log_dir=self.folder / "log", env=dict(os.environ))
        wait_until(lambda: is_listening(self.https), "nginx", [started])
        return started
