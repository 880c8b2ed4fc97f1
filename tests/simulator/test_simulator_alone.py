"""The simulator runs the shipping rules and nothing else of the product."""

import ast
import subprocess
import sys
from pathlib import Path

import manyeyes.simulator

FOLDER = Path(manyeyes.simulator.__path__[0])
NAMES = sorted(f"manyeyes.simulator.{path.stem}" for path in FOLDER.glob("[a-z]*.py"))
LISTED = "import sys, {}; print(*[name for name in sys.modules if name.split('.')[0] in ('asyncpg', 'manyeyes')])"


BELOW_ALL = (
    *("manyeyes.values.money", "manyeyes.values.time_window", "manyeyes.values.refusals"),
    "manyeyes.values.text.code_points",
)
RULES = (  # pure as well (pyproject.toml)
    *("manyeyes.values.binomial_bounds", "manyeyes.values.lease_time", "manyeyes.recognitions.calibration"),
    "manyeyes.tasks.questions",
    *("manyeyes.skills.alike", "manyeyes.skills.floor", "manyeyes.skills.gold"),
)


PURE = ("manyeyes.simulator", "manyeyes.consensus.")


def is_allowed(module: str) -> bool:
    return module.startswith(PURE) or module.endswith(".rules") or module in (*BELOW_ALL, *RULES)


def test_a_fresh_process_that_loads_it_loads_no_driver_and_only_rules():
    done = subprocess.run(
        [sys.executable, "-c", LISTED.format(", ".join(NAMES))], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert {"manyeyes.dispatch.rules", "manyeyes.reports.rules"} <= loaded
    packages = {name.rsplit(".", 1)[0] for name in loaded}
    assert [name for name in loaded - packages if not is_allowed(name)] == []


def test_it_names_only_rules_and_what_lies_below_all():
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("manyeyes"):
                assert is_allowed(str(node.module)), (path, node.module)
            if isinstance(node, ast.Import):
                assert not [name.name for name in node.names if name.name.startswith("manyeyes")], path
