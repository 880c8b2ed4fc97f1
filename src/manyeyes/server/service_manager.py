"""What systemd, or another service manager, is told of the server: sd_notify(3), for a unit of Type=notify.

One datagram of NAME=value lines to the socket that NOTIFY_SOCKET names; a name that begins with @ is an abstract one.
"""

import os
import socket
from contextlib import suppress

READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"
STARTING = "EXTEND_TIMEOUT_USEC=60000000"  # a recovery takes as long as it needs: a minute more, each time it speaks
LISTENS_WITHIN_SECONDS = 1.0


def tell_manager(*words: str) -> None:
    """Send the words; nothing is done where nobody asked for them, or listens: who hangs must not hang us."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.settimeout(LISTENS_WITHIN_SECONDS)
        manager.sendto("\n".join(words).encode(), "\0" + address[1:] if address.startswith("@") else address)
