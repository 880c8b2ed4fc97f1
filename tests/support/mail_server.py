"""A real SMTP server on loopback that keeps what it is handed, and answers as a test wants."""

import asyncio
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

SENDER = "manyeyes <notices@house.example>"
USER, PASSWORD = "house", "a pass word"


class PostOffice:
    """What came to a server, and what it answers: ``replies`` to texts one after the other, ``recipients`` to them.

    ``sender_said``: to who sends. ``leave``: to who leaves; empty: nothing at all.
    """

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.raw: list[bytes] = []
        self.replies: list[str] = []
        self.recipients: list[str] = []
        self.passwords: list[bytes] = []
        self.sender_said, self.leave = "250 OK", "221 Bye"

    async def handle_MAIL(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        """Take who sends, or answer as is wanted."""
        envelope.mail_from = address
        return self.sender_said

    async def handle_QUIT(self, server: Any, session: Any, envelope: Envelope) -> str:
        """Let somebody leave, or answer as is wanted."""
        if not self.leave:
            await asyncio.Event().wait()
        return self.leave

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        """Take an addressee, or answer as is wanted."""
        said = self.recipients.pop(0) if self.recipients else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        """Take a text, or answer as is wanted."""
        said = self.replies.pop(0) if self.replies else "250 taken"
        if said.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.raw.append(envelope.content)
            self.envelopes.append(envelope)
            found = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(found, EmailMessage)
            self.taken.append(found)
        return said

    def sign_in(self, server: Any, session: Any, envelope: Any, mechanism: str, auth: Any) -> AuthResult:
        """Take the one user's password."""
        assert isinstance(auth, LoginPassword)
        self.passwords.append(auth.password)
        return AuthResult(success=(auth.login, auth.password) == (USER.encode(), PASSWORD.encode()), handled=False)


@asynccontextmanager
async def post_office(
    tls: ssl.SSLContext | None = None, *, at_once: bool = False, signs_in: bool = False
) -> AsyncIterator[PostOffice]:
    """Serve on loopback: in clear, after STARTTLS, or within TLS from the first byte (``at_once``)."""
    office = PostOffice()
    make = partial(
        SMTP,
        office,
        hostname="mx.house.example",
        tls_context=None if at_once else tls,
        require_starttls=bool(tls) and not at_once,
        authenticator=office.sign_in if signs_in else None,
        auth_required=signs_in,
        auth_require_tls=not at_once and bool(tls),
    )
    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, "127.0.0.1", 0, ssl=tls if at_once else None)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()
