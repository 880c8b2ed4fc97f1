"""Makes what of clients/python follows from something else: the blocking client, types of replies, the table of calls.

``python -m tools.make_client`` writes the files; a test compares them with what would be written today.
"""

import re
import subprocess
import sys
from pathlib import Path

from manyeyes.v1.openapi import document
from tools.client_messages import calls_module, messages_module

PACKAGE = Path(__file__).parents[1] / "clients" / "python" / "src" / "manyeyes_client"
AIO, BLOCKING = PACKAGE / "aio", PACKAGE / "blocking"
# What the awaiting client says, and what the blocking one says instead; in this order.
WORDS = (
    (r"\basync (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsync([A-Z]\w+)", r"\1"),
    (r"\basynccontextmanager\b", "contextmanager"),
    (r"\b__a(enter|exit)__\b", r"__\1__"),
    (r"\ba(close|read|iter_bytes)\b", r"\1"),
    (r"\basyncio\b", "time"),
    (r"\bmanyeyes_client\.aio\b", "manyeyes_client.blocking"),
    (r"\b(\w+), \1\b", r"\1"),
    (r"^(import time\n)+", r"import time\n"),
)


def blocking(name: str, source: str) -> str:
    """Return the blocking twin of a file of the awaiting client."""
    for said, instead in WORDS:
        source = re.sub(said, instead, source, flags=re.MULTILINE)
    made = f"Made from {AIO.name}/{name} by tools/make_client.py: change that one."
    return source.replace('"""\n', f'\n\n{made}\n"""\n', 1) if source else ""


def made() -> dict[Path, str]:
    """Return every file that is made, by its path."""
    described = document()
    sources = {BLOCKING / path.name: blocking(path.name, path.read_text("utf-8")) for path in sorted(AIO.glob("*.py"))}
    sources[PACKAGE / "calls.py"] = calls_module(described)
    sources[PACKAGE / "messages.py"] = messages_module(described)
    sources[PACKAGE / "money_messages.py"] = messages_module(described, about_money=True)
    return {path: _tidy(source) for path, source in sources.items()}


def _tidy(source: str) -> str:
    """Return Python as ruff would write it: imports in their order, lines filled."""
    for words in (("check", "--select=I,F401,UP028", "--fix-only", "--unsafe-fixes"), ("format",)):
        argv = [sys.executable, "-m", "ruff", *words, "--quiet", "--stdin-filename", str(BLOCKING / "client.py"), "-"]
        source = subprocess.run(argv, input=source, capture_output=True, text=True, check=True).stdout
    return source


def main() -> None:
    """Write the files."""
    for path, text in made().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
