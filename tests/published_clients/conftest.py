"""One real server for all clients, a worker who answers everything, and the interpreters that the clients live in."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.server import Server, command
from support.client_installation import Installation, Typist
from support.own_ports import own_ports

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE_CLIENTS = json.loads((HERE / "node" / "package.json").read_text("utf-8"))["dependencies"]


@pytest.fixture(scope="session")
def clients_python() -> str:
    """The interpreter that has the Python clients; `make test` makes it."""
    python = Path(os.environ.get("MANYEYES_CLIENTS_PYTHON") or ROOT / ".venv-clients" / "bin" / "python")
    if not python.exists():
        pytest.skip(
            f"the published clients need an environment of their own; {python} is not there (make test makes it)"
        )
    return str(python)


@pytest.fixture(scope="session")
def clients_node() -> dict[str, str]:
    """The environment in which `node` finds the published JavaScript clients."""
    modules = Path(os.environ.get("MANYEYES_CLIENTS_NODE_MODULES") or HERE / "node" / "node_modules")
    if not shutil.which("node"):
        pytest.skip("the published JavaScript clients need node, which is not installed")
    missing = [name for name in NODE_CLIENTS if not (modules / name).is_dir()]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed in {modules} (make test installs them)")
    return os.environ | {"NODE_PATH": str(modules)}


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A real `manyeyes serve` on a port of its own, with one worker online."""
    home = tmp_path_factory.mktemp("published-clients")
    server = Server(home / "data", home / "server.log")
    try:
        server.start(own_ports(8700), waiting=lambda seconds: seconds < 120)
        made = command(server.data, "worker", "create", "Typist", "--language", "en", "--queue", "1")
        typist = Typist(server.address, made["token"])
        thread = threading.Thread(target=typist.work, daemon=True)
        thread.start()
        yield Installation(server, typist)
        typist.ended.set()
        thread.join(10)
    finally:
        server.stop()
