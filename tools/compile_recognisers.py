"""Compiles what recognisers' processes import, which start anew now and then and may write nothing themselves.

``python tools/compile_recognisers.py``, in the environment that was just made: packages come without bytecode, and
importing them keeps it. What an environment leaves out (extras) is passed by.
"""

import sys
from contextlib import suppress
from importlib import import_module

from manyeyes.recognisers.catalogue import SHIPPED

ALWAYS = ("child_process", "data_check", "frame_decoder", "lighter_picture", "turning")


def main() -> int:
    """Import it all; return the exit code."""
    for module in (*(f"manyeyes.recognisers.{name}" for name in ALWAYS), *SHIPPED.values()):
        with suppress(ModuleNotFoundError):
            import_module(module.partition(":")[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
