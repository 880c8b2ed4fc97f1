"""manyeyes serve: runs the supervisor until it is told to end."""

import json as json_text
import signal
import sys
from typing import Annotated

from cyclopts import Parameter

from manyeyes.cli.options import CommandFailed, Common, say, settings_of
from manyeyes.db.embedded import DataDirectoryInUse, EmbeddedFailed
from manyeyes.runtime.server_address import DEFAULT_OPS, DEFAULT_PORT
from manyeyes.server.listeners import CannotServe
from manyeyes.server.supervisor import AlreadyTold, Supervisor


class StopRequested(BaseException):
    """SIGTERM or SIGINT came."""


def serve(
    *,
    host: str = "127.0.0.1",
    port: Annotated[int, Parameter(help="0 takes a free one.")] = DEFAULT_PORT,
    processes: Annotated[int, Parameter(help="Serving processes; one fills about one core.")] = 1,
    ops: Annotated[
        str | None, Parameter(help=f"HOST:PORT of /readyz and /metrics, or off (default: {DEFAULT_OPS}).")
    ] = None,
    common: Common | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; print `ready http://HOST:PORT` when requests are accepted."""
    common = common or Common()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    try:
        settings = settings_of(common, ops=ops)
        if not 1 <= processes <= 64:
            raise CommandFailed("--processes must be from 1 to 64")
        if not 0 <= port <= 65535:
            raise CommandFailed("--port must be from 0 to 65535")
        as_json = common.json
        Supervisor(settings, host, port, processes, say=say, ready=lambda url: _announce(url, as_json)).run()
    except StopRequested:
        return
    except AlreadyTold:
        raise SystemExit(1) from None
    except (CommandFailed, CannotServe, DataDirectoryInUse, EmbeddedFailed, OSError, ValueError) as error:
        print(f"manyeyes: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _end(*_: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # one word is enough; stopping is not to be interrupted
    raise StopRequested


def _announce(url: str, as_json: bool) -> None:
    print(json_text.dumps({"ready": url}) if as_json else f"ready {url}", flush=True)
