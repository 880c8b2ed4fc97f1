"""A server's process with a recogniser at work. Prints the pid of the recogniser's process, then lets it spin."""

import uvloop

from manyeyes.logs.lines import set_up_logs
from manyeyes.recognisers.pool import RecogniserPool
from support.recogniser_packages import detail, told


async def main() -> None:
    pool = RecogniserPool(1000, 300)
    print((await detail(pool, b"pid"))["pid"], flush=True)
    await told(pool, b"spin")


if __name__ == "__main__":
    set_up_logs()
    uvloop.run(main())
