"""/help, and the lines that show a customer how to point an existing client at this installation."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.shared.rendering import render
from manyeyes.runtime.context import Context

# Through a pipe: a picture as an argument is too long for a shell from 96 kB on.
SEND = """\
base64 -w0 picture.png | {{
  printf '{{"clientKey":"YOUR_CLIENT_KEY","task":{{"type":"ImageToTextTask","body":"'
  cat
  printf '"}}}}'
}} | curl -s {origin}/createTask -d @-"""
ASK = """curl -s {origin}/getTaskResult -d '{{"clientKey":"YOUR_CLIENT_KEY","taskId":1}}'"""


class HelpPages:
    """The page of one process that helps whoever opens it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, request: Request) -> Response:
        """GET /help: how to use this installation, and whom to ask."""
        return render(request, "shared/help.html", contact=self._context.settings.contact, **examples(request))


def origin_of(request: Request) -> str:
    """Return the address under which this browser reaches the installation, without a path."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def examples(request: Request) -> dict[str, Any]:
    """Return what the template connect.html shows: the host for a client's settings, and two commands for a shell."""
    origin = origin_of(request)
    return {
        "host": request.headers.get("host", ""),
        "send_example": SEND.format(origin=origin),
        "ask_example": ASK.format(origin=origin),
    }
