"""What lives as long as the installation and does little is small: the supervisor loads nothing that serving needs."""

import subprocess
import sys

from manyeyes.cli.main import LAZY, app

HEAVY = ["structlog", "starlette", "uvicorn", "prometheus_client", "jinja2", "cryptography", "manyeyes.actions"]
QUESTION = "import sys, manyeyes.cli.main; print(sorted(sys.modules.keys() & set(sys.argv[1:])))"
RARE = [
    "authlib",
    "botocore",
    "dns",
    "jinja2",
    "mcp",
    "numpy",
    "onnxruntime",
    "PIL",
    "starlette",
    "uvicorn",
    "webauthn",
]


def test_serve_loads_nothing_that_only_serving_processes_need():
    done = subprocess.run([sys.executable, "-c", QUESTION, *HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_command_loads_nothing_that_few_need():
    asked = QUESTION.replace("manyeyes.cli.main", "manyeyes.cli.worker")
    done = subprocess.run([sys.executable, "-c", asked, *RARE], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_loaded_later_says_the_same_of_itself():
    for noun, (place, about) in LAZY.items():
        if place.endswith(":app"):
            assert app[noun].help == about, noun
