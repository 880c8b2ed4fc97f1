"""Starts the program that works skills out from all answers, which is no part of the serving process."""

import asyncio
import sys

PROGRAM = "manyeyes.runtime.nightly_skills"
LONGEST_SECONDS = 3_600.0


async def learn_apart(dsn: str, cell: int) -> int:
    """Run the program for a cell to its end and return its exit code; it is killed with this call, or after an hour."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", PROGRAM, str(cell)), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        await asyncio.wait_for(child.communicate(f"{dsn}\n".encode()), LONGEST_SECONDS)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return child.returncode or 0
