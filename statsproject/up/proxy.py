"""nginx in front of the web servers, with the locations of deploy/nginx, and without TLS."""

import os
import shutil
from pathlib import Path

LOCATIONS = Path(__file__).resolve().parent.parent.parent / "deploy" / "nginx" / "locations.conf"
# All that nginx writes is in its folder. `user` applies only to root, whose folders no other account may be able to read.
_MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{http}
}}
"""
_HTTP = """
    upstream statistics {{
        {servers}
    }}
    server {{
        listen 127.0.0.1:{port};
        include {locations};
    }}
"""


def find_nginx() -> str | None:
    """Return the path of nginx, or None."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def nginx_command(nginx: str, folder: Path, http: str) -> list[str]:
    """Write a configuration with some content of `http` into a folder, and return the command that runs nginx in it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "nginx.conf"
    path.write_text(_MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else "", http=http))
    return [nginx, "-e", "stderr", "-p", str(folder), "-c", str(path)]


def proxy_command(nginx: str, folder: Path, port: int, web_ports: list[int]) -> list[str]:
    """Write the configuration for a port and the web servers' ports, and return the command that runs nginx."""
    servers = "\n        ".join(f"server 127.0.0.1:{number} max_fails=0;" for number in web_ports)
    return nginx_command(nginx, folder, _HTTP.format(servers=servers, port=port, locations=LOCATIONS))
