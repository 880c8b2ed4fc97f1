"""The package can be built and installed alone, and comes along with the server."""

import subprocess
import sys
import zipfile
from pathlib import Path

from support.repository import ROOT
from support.wheels import PACKAGE
from tools import make_client

MODULES = PACKAGE / "src" / "manyeyes_client"


def test_the_wheel_has_every_module_its_types_and_its_licence(client_wheel: Path):
    inside = {name for name in zipfile.ZipFile(client_wheel).namelist() if ".dist-info" not in name}
    source = {str(path.relative_to(PACKAGE / "src")) for path in [*MODULES.rglob("*.py"), MODULES / "py.typed"]}
    assert inside == source
    assert any(name.endswith("licenses/LICENSE") for name in zipfile.ZipFile(client_wheel).namelist())


def test_it_is_there_alone_without_anything_of_the_server(lone_python: Path):
    program = "import sys, manyeyes_client as m; print(m.__file__, m.Client, m.AsyncClient, 'manyeyes' in sys.modules)"
    done = subprocess.run([lone_python, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert str(lone_python.parents[1]) in done.stdout
    assert done.stdout.endswith(" False\n")
    done = subprocess.run([lone_python, "-I", "-c", "import manyeyes"], capture_output=True, text=True, check=False)
    assert "No module named 'manyeyes'" in done.stderr


def test_it_is_installed_beside_the_server_here():
    program = "import manyeyes, manyeyes_client; print(manyeyes.__file__, manyeyes_client.__file__)"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stderr}\nrun `make environment`"
    assert done.stdout.split() == [str(ROOT / "src" / "manyeyes" / "__init__.py"), str(MODULES / "__init__.py")]


def test_what_is_made_is_what_would_be_made_today():
    stale = [str(path) for path, text in make_client.made().items() if path.read_text("utf-8") != text]
    assert not stale, f"run `.venv/bin/python -m tools.make_client`; these are stale: {stale}"


def test_no_made_file_outlives_what_it_is_made_from():
    assert {path.name for path in make_client.BLOCKING.glob("*.py")} == {
        path.name for path in make_client.AIO.glob("*.py")
    }
