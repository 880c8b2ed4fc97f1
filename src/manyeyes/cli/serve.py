"""manyeyes serve: runs the supervisor until it is told to end."""

import json as json_text
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from manyeyes.cli.options import CommandFailed, Common, say, settings_of
from manyeyes.db.embedded import DataDirectoryInUse, EmbeddedFailed
from manyeyes.runtime.server_address import DEFAULT_OPS, DEFAULT_PORT
from manyeyes.server.listeners import CannotServe
from manyeyes.server.supervisor import AlreadyTold, Supervisor
from manyeyes.settings import LARGEST_NUMBER
from manyeyes.values.durations import read_duration


class StopRequested(BaseException):
    """SIGTERM or SIGINT came."""


def serve(
    *,
    host: Annotated[str, Parameter(env_var="MANYEYES_HOST")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="0 takes a free one.", env_var="MANYEYES_PORT")] = DEFAULT_PORT,
    socket: Annotated[
        Path | None,
        Parameter(help="A Unix socket to listen on, in place of host and port.", env_var="MANYEYES_SOCKET"),
    ] = None,
    processes: Annotated[
        int, Parameter(help="Serving processes; one fills about one core.", env_var="MANYEYES_PROCESSES")
    ] = 1,
    ops: Annotated[
        str | None, Parameter(help=f"HOST:PORT of /readyz and /metrics, or off (default: {DEFAULT_OPS}).")
    ] = None,
    backup_to: Annotated[
        str | None, Parameter(help="Where copies of the database go: a directory, or s3://BUCKET/PREFIX.")
    ] = None,
    backup_every: Annotated[str | None, Parameter(help="Time between whole copies, such as 24h.")] = None,
    common: Common | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; print `ready` and the address when requests are accepted."""
    common = common or Common()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    try:
        backups = {"backup_to": backup_to, "backup_every_seconds": _read_span(backup_every)}
        settings = settings_of(common, ops=ops, **backups)
        if not 1 <= processes <= 64:
            raise CommandFailed("--processes must be from 1 to 64")
        if not 0 <= port <= 65535:
            raise CommandFailed("--port must be from 0 to 65535")
        place = socket.absolute() if socket and socket.name else (host, port)  # an empty variable is none
        as_json = common.json
        supervisor = Supervisor(settings, place, processes, say=_tell, ready=lambda url: _announce(url, as_json))
        supervisor.run()
    except StopRequested:
        return
    except AlreadyTold:
        raise SystemExit(1) from None
    except (CommandFailed, CannotServe, DataDirectoryInUse, EmbeddedFailed, OSError, ValueError) as error:
        print(f"manyeyes: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _read_span(text: str | None) -> int | None:
    """Return the seconds between whole copies; None where nothing is said. Raises `CommandFailed`."""
    seconds = None if text is None else read_duration(text)
    if text is not None and (seconds is None or not 60 <= seconds <= LARGEST_NUMBER):
        raise CommandFailed("--backup-every must be a time such as 24h, at least 60s")
    return seconds


def _end(*_: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # one word is enough; stopping is not to be interrupted
    raise StopRequested


def _tell(line: str) -> None:
    """Say what happens: words on a terminal, elsewhere a line of the log as the serving processes write theirs."""
    if sys.stderr.isatty():
        return say(line)
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    say(json_text.dumps({"event": "server", "said": line, "level": "info", "timestamp": at}))


def _announce(url: str, as_json: bool) -> None:
    print(json_text.dumps({"ready": url}) if as_json else f"ready {url}", flush=True)
