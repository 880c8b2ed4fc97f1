"""Debian's nginx and Caddy before a server of the tests, configured by the files that operators are given (deploy/).

As a program it installs them, if it may.
"""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.apt_packages import install

DEPLOY = Path(__file__).parents[2] / "deploy"
PROXIES = {"nginx": "nginx.conf", "caddy": "Caddyfile"}
LONGEST_START_SECONDS = 60
NGINX = """
daemon off;
user {user};
pid {folder}/pid;
error_log {folder}/log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    include {folder}/site.conf;
}}
"""


def find_proxy(name: str) -> str | None:
    """Return the path of a proxy's program, or None."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _whoever_runs_this() -> str:
    """Return user and group as nginx takes them: as another user it could not enter the tests' directories."""
    return f"{pwd.getpwuid(os.geteuid()).pw_name} {grp.getgrgid(os.getegid()).gr_name}"


def _on_socket(configuration: str) -> str:
    """Return a configuration for the Unix socket: what stands commented under the port, in its place."""
    lines = configuration.splitlines()
    at = next(number for number, line in enumerate(lines) if "127.0.0.1:8080" in line)
    return "\n".join([*lines[:at], lines[at + 1].replace("# ", "", 1), *lines[at + 2 :]])


@contextmanager
def proxy(name: str, folder: Path, server: int | Path) -> Iterator[str]:
    """Run a proxy with the shipped configuration, without TLS, before a server on this machine; yield its address.

    ``server``: its port, or its Unix socket.
    """
    program = find_proxy(name)
    assert program, f"{name} is not installed"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir()
    written = (DEPLOY / PROXIES[name]).read_text()
    if isinstance(server, Path):
        written = _on_socket(written).replace("/run/manyeyes/http", str(server))
    else:
        written = written.replace("127.0.0.1:8080", f"127.0.0.1:{server}")
    if name == "nginx":
        plain = [line for line in written.splitlines() if "ssl_certificate" not in line]
        site = "\n".join(plain).replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
        (folder / "site.conf").write_text(site)
        (folder / "main.conf").write_text(NGINX.format(folder=folder, user=_whoever_runs_this()))
        command = [program, "-p", str(folder), "-c", str(folder / "main.conf")]
    else:
        site = written.replace("eyes.example.org {", f"http://127.0.0.1:{port} {{")
        (folder / "Caddyfile").write_text(site.replace("{\n", "{\n\tadmin off\n", 1))
        command = [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    home = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, env=home, stdout=said, stderr=said)
    try:
        give_up = time.monotonic() + LONGEST_START_SECONDS
        while True:
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            assert process.poll() is None, (folder / "said").read_text()
            assert time.monotonic() < give_up, "never answered"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Install the proxies that are missing where this process may; say so when one stays missing."""
    missing = [name for name in PROXIES if not find_proxy(name)]
    if missing:
        packages = {"nginx": "nginx-light", "caddy": "caddy"}
        install("proxies for the tests behind them (20 MB to fetch)", *((packages[name],) for name in missing))
    for name in missing:
        if not find_proxy(name):
            print(
                f"== {name} is not installed (Debian: sudo apt-get install {name}); its tests are skipped",
                file=sys.stderr,
            )


if __name__ == "__main__":
    main()
