"""How people reach this installation: a note that the running server leaves in its data directory."""

import json
import os

from manyeyes.settings import Settings

DEFAULT_PORT = 8080
DEFAULT_OPS = "127.0.0.1:9180"
SERVER_NOTE = "server.json"


def write_server_note(settings: Settings, url: str, ops_url: str = "") -> None:
    """Write into the data directory where the server that runs on it is reached, and where it tells of its health."""
    settings.data.mkdir(parents=True, exist_ok=True)
    note = {"url": url, "ops": ops_url, "public": settings.public_url, "pid": os.getpid()}
    (settings.data / SERVER_NOTE).write_text(json.dumps(note))


def server_url(settings: Settings) -> str:
    """Return how people reach this installation: the public address, the running server's, or the default one.

    A command's shell seldom has the service's settings, so the public address is the server's where it is not set here.
    """
    if settings.public_url:
        return settings.public_url.rstrip("/")
    try:
        note = json.loads((settings.data / SERVER_NOTE).read_text())
        return str(note.get("public") or note["url"]).rstrip("/")
    except (OSError, ValueError, KeyError):
        return f"http://127.0.0.1:{DEFAULT_PORT}"
