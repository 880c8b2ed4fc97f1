"""Compiles what manyeyes imports, of itself and of others: importing it keeps its bytecode.

``python -P tools/compile_imported.py``, in an environment that was just made: packages come without bytecode. A service
may write nothing there, and processes of recognisers nothing anywhere. What is not installed (extras) is passed by.
"""

import pkgutil
import sys
from contextlib import suppress
from importlib import import_module

PACKAGES = ("manyeyes", "manyeyes_client")


def main() -> int:
    """Import it all but programs' beginnings; return the exit code."""
    sys.dont_write_bytecode = False  # whatever the environment says
    for package in PACKAGES:
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if not module.name.endswith(".__main__"):
                with suppress(ModuleNotFoundError):
                    import_module(module.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
