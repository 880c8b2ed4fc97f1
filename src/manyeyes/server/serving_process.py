"""One serving process: ``python -m manyeyes.server.serving_process``, started and watched by ``manyeyes serve``."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import Iterator

import uvicorn
import uvloop

from manyeyes.db.launcher import PR_SET_PDEATHSIG, prctl
from manyeyes.logs import set_up_logs
from manyeyes.runtime.context import open_context
from manyeyes.runtime.installation_keys import SecretsUnreadable
from manyeyes.server.application import running
from manyeyes.server.http_protocol import OneWriteProtocol
from manyeyes.settings import from_environment

LISTEN_FD = "MANYEYES_LISTEN_FD"
READY_FD = "MANYEYES_READY_FD"
PARENT_PID = "MANYEYES_PARENT_PID"
BACKLOG = 2048
COLLECT_AFTER = (20_000, 20, 50)


class _Server(uvicorn.Server):
    """Leaves the signals to us: uvicorn sends itself again what it caught, and ends before the context is closed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def end(self) -> None:
        self.should_exit = True


async def serve(dsn: str, listener: socket.socket, ready_fd: int) -> None:
    """Serve on an open listening socket until SIGTERM; write one byte to ``ready_fd`` when requests are accepted."""
    # 1. Connect, and run the periodic jobs.
    settings = from_environment()
    context = await open_context(settings, dsn, serving=True)
    async with running(context) as application:
        # 2. Accept requests.
        config = uvicorn.Config(
            application,
            loop="none",
            http=OneWriteProtocol,
            lifespan="off",
            access_log=False,
            log_config=None,
            backlog=BACKLOG,
            timeout_graceful_shutdown=3,
            forwarded_allow_ips=settings.trusted_proxies,
            server_header=False,
        )
        server = _Server(config)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.end)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started and not task.done():
            await asyncio.sleep(0.01)
        # 3. Tell the supervisor once they are accepted, and serve until the end.
        if server.started:
            gc.collect()
            gc.freeze()  # what is loaded now stays; looking through it again and again cost 7 % of the processor
            gc.set_threshold(*COLLECT_AFTER)
            with contextlib.suppress(BrokenPipeError):  # nobody waits for a process that replaces a dead one
                os.write(ready_fd, b"1")
            os.close(ready_fd)
        await task


def main() -> None:
    """Serve with what the supervisor handed over: the database, the socket, the pipe on which to say ready."""
    set_up_logs()
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(os.environ[PARENT_PID]):
        return  # the supervisor died while we started
    listener = socket.socket(fileno=int(os.environ[LISTEN_FD]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor hears it too, and ends us with SIGTERM
    try:
        uvloop.run(serve(os.environ["MANYEYES_DATABASE_URL"], listener, int(os.environ[READY_FD])))
    except SecretsUnreadable as error:
        raise SystemExit(f"manyeyes: {error}") from None


if __name__ == "__main__":
    main()
