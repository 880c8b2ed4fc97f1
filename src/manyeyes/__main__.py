"""``python -m manyeyes`` is the `manyeyes` command."""

from manyeyes.cli.main import main

main()
