"""The least that uvicorn itself takes for a small call: it reads the body, and answers always the same.

``python -m bench.plain_server``: prints its port, and serves until it is told to end. `http_requests` compares with it.
"""

import os
import signal
import socket
from typing import Any

import uvicorn

from manyeyes.db.launcher import PR_SET_PDEATHSIG, prctl

BODY = b'{"errorId":1,"errorCode":"ERROR_KEY_DOES_NOT_EXIST","errorDescription":"Account authorization key not found"}'
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(BODY)),
        (b"x-content-type-options", b"nosniff"),
    ],
}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer once the body is whole."""
    while (await receive()).get("more_body"):
        pass
    await send(START)
    await send({"type": "http.response.body", "body": BODY})


def main() -> None:
    """Serve on a free port, with what the product's own serving process has: uvloop, httptools, no access log."""
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    listener = socket.create_server(("127.0.0.1", 0))
    os.write(1, b"%d\n" % listener.getsockname()[1])
    config = uvicorn.Config(
        application, loop="uvloop", http="httptools", ws="none", lifespan="off", access_log=False, log_config=None
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
