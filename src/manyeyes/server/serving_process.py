"""One serving process: ``python -m manyeyes.server.serving_process``, started and watched by ``manyeyes serve``."""

import asyncio
import contextlib
import functools
import gc
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
import uvloop

from manyeyes.db.launcher import PR_SET_PDEATHSIG, prctl
from manyeyes.logs.lines import set_up_logs, tell_unheard
from manyeyes.logs.spans import traces, turn_on
from manyeyes.runtime.context import Context, open_context
from manyeyes.runtime.installation_keys import SecretsUnreadable
from manyeyes.runtime.warm_recognisers import recognisers_kept_warm
from manyeyes.server.application import running
from manyeyes.server.bounded_protocol import BoundedProtocol
from manyeyes.server.connection_limits import Places, limits_of
from manyeyes.server.connection_watch import ConnectionWatch
from manyeyes.server.forwarded import Forwarded
from manyeyes.server.guard import Guard
from manyeyes.server.handover import LISTEN_FD, OPS_FD, PARENT_PID, PREPARES, READY_FD
from manyeyes.server.listeners import BACKLOG
from manyeyes.server.ops import ops_application
from manyeyes.server.preparation import UNPREPARED, prepare
from manyeyes.server.trouble_answers import answers_of
from manyeyes.settings import from_environment

COLLECT_AFTER = (20_000, 20, 50)
OWN_FILES = 512  # beside the callers' connections: the database's, the recognisers', those to other hosts


class _Server(uvicorn.Server):
    """Leaves the signals to us: uvicorn sends itself again what it caught, and ends before the context is closed.

    ``end_waits`` is called when it ends, once each connection knows that its next reply is the last.
    """

    def __init__(self, config: uvicorn.Config, end_waits: Callable[[], None] | None = None) -> None:
        super().__init__(config)
        self._end_waits = end_waits

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, answer who waits, give the others a while, and cut off what is left."""
        if self._end_waits:
            asyncio.get_running_loop().call_soon(self._end_waits)  # uvicorn tells the connections before it first waits
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _end(*servers: _Server) -> None:
    for server in servers:
        server.should_exit = True


async def serve(dsn: str, listener: socket.socket, ops: socket.socket | None, ready_fd: int) -> None:
    """Serve on open listening sockets until SIGTERM; write one byte to ``ready_fd`` when requests are accepted."""
    # 1. Connect, and run the periodic jobs.
    asyncio.get_running_loop().set_exception_handler(tell_unheard)
    settings = from_environment()
    _allow_files(settings.connections + OWN_FILES)
    context = await open_context(settings, dsn, serving=True)
    if tracing := traces():
        tracing.installation = context.trace_salt
    async with running(context) as application, recognisers_kept_warm(context):
        # 2. Accept requests.
        server = _Server(_public(context, application), context.notifier.end_waits)
        servers = {server: listener}
        if ops:
            servers[_Server(_config(ops_application(context)))] = ops
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _end, *servers)
        tasks = [asyncio.create_task(each.serve(sockets=[socket])) for each, socket in servers.items()]
        while not all(each.started or task.done() for each, task in zip(servers, tasks, strict=True)):
            await asyncio.sleep(0.01)
        # 3. Tell the supervisor once they are accepted, and serve until the end.
        if server.started:
            gc.collect()
            gc.freeze()  # what is loaded now stays; looking through it again and again cost 7 % of the processor
            gc.set_threshold(*COLLECT_AFTER)
            with contextlib.suppress(BrokenPipeError):  # nobody waits for a process that replaces a dead one
                os.write(ready_fd, b"1")
            os.close(ready_fd)
        await asyncio.gather(*tasks)


def _public(context: Context, application: object) -> uvicorn.Config:
    """Return what serves everybody: within limits, and guarded."""
    settings, answers = context.settings, answers_of(context.signer)
    limits = limits_of(settings)
    return _config(
        Forwarded(Guard(application, answers), settings.trusted_proxies),
        http=functools.partial(BoundedProtocol, limits, Places(limits), ConnectionWatch(limits), answers.reply),
        proxy_headers=False,
    )


def _config(application: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        interface="asgi3",
        loop="none",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        backlog=BACKLOG,
        timeout_graceful_shutdown=3,
        server_header=False,
        **more,
    )


def _allow_files(count: int) -> None:
    """Let this process open so many files, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _handed_socket(name: str) -> socket.socket | None:
    """Return the socket whose number a variable holds; None when it is empty.

    Our children do not get it: one that outlives us would keep the port, and a hostile picture could answer callers.
    """
    if not os.environ.get(name):
        return None
    handed = socket.socket(fileno=int(os.environ[name]))
    handed.set_inheritable(False)
    return handed


def main() -> None:
    """Serve with what the supervisor handed over: the database, the socket, the pipe on which to say ready."""
    set_up_logs()
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(os.environ[PARENT_PID]):
        return  # the supervisor died while we started
    listener, ops = _handed_socket(LISTEN_FD), _handed_socket(OPS_FD)
    ready_fd = int(os.environ[READY_FD])
    os.set_inheritable(ready_fd, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor hears it too, and ends us with SIGTERM
    assert listener
    if os.environ.get(PREPARES):
        _prepare()
    if from_environment().traces:
        turn_on()
    try:
        uvloop.run(serve(os.environ["MANYEYES_DATABASE_URL"], listener, ops, ready_fd))
    except SecretsUnreadable as error:
        raise SystemExit(f"manyeyes: {error}") from None
    finally:
        if tracing := traces():
            tracing.close()


def _prepare() -> None:
    """Prepare the database for all serving processes, or end with one sentence about why that cannot be done."""
    try:
        uvloop.run(prepare(from_environment(), os.environ["MANYEYES_DATABASE_URL"]))
    except UNPREPARED as error:
        raise SystemExit(f"manyeyes: {error}") from None


if __name__ == "__main__":
    main()
