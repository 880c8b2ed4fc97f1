"""The way out for mail: to the one server that the operator named, and nowhere else (docs/decisions/0087)."""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formatdate

import aiosmtplib
import msgspec
import structlog

from manyeyes.outbound.door import trusting_public_authorities
from manyeyes.values.mail_server import PLAIN, STARTTLS, TLS, MailServer

LONGEST_SECONDS = 20.0  # for one notice, shorter than a claim of its delivery
QUIT_SECONDS = 2.0  # for leaving, when all is said
LONGEST_SUBJECT = 200
OURS = re.compile(r"5\.7\.")  # RFC 3463: a matter of policy or signing in, which servers say as late as at an addressee
OUR_CODES = (530, 535)  # RFC 4954, 3207: sign in first, begin TLS first
UNUSABLE = "the mail server cannot be used now; the operator can see why"
log = structlog.get_logger()


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is told. ``message_id``: the same at every try. ``unsubscribe``: where one click goes, or empty."""

    to: str
    subject: str
    text: str
    message_id: str
    language: str
    unsubscribe: str = ""


class MailOutcome(msgspec.Struct, frozen=True):
    """``status``: the server's word about addressee or text, 0 when there was none; ``fault`` is shown to customers.

    ``is_final``: no other try can help.
    """

    status: int = 0
    fault: str = ""
    is_final: bool = False


class MailDoor:
    """Hands notices to one server; with none it hands in nothing."""

    def __init__(
        self,
        server: MailServer | None,
        password: Callable[[], str],
        *,
        ssl_context: ssl.SSLContext | None = None,
        seconds: float = LONGEST_SECONDS,
    ) -> None:
        """Take the server; ``password`` is asked for each time, since its file may be another one by now."""
        self.server, self._password = server, password
        self._ssl_context, self._seconds = ssl_context, seconds

    async def send(self, mail: Mail) -> MailOutcome:
        """Hand one notice in, and return what the server made of it.

        A 5xx about the addressee or the text is the end of it. Whatever is wrong between the server and ourselves (who
        signs in, who sends) may be mended by the operator, who alone is told what it is, and is tried again.
        """
        if self.server is None:
            return MailOutcome(fault="no mail server is set here", is_final=True)
        try:
            async with self._connected(self.server) as client:
                await client.send_message(
                    written(mail, self.server), sender=self.server.sender_address, recipients=[mail.to]
                )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            code, said = refused.recipients[0].code, refused.recipients[0].message
            if code in OUR_CODES or OURS.match(said):
                log.warning("mail_server_unusable", why=_said(code, said))
                return MailOutcome(fault=UNUSABLE)
            return MailOutcome(code, _said(code, said), is_final=code >= 500)
        except aiosmtplib.SMTPDataError as error:
            return MailOutcome(error.code, _said(error.code, error.message), is_final=error.code >= 500)
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("mail_server_unusable", why=_fault(self.server, error))
            return MailOutcome(fault=UNUSABLE)
        return MailOutcome(250)

    async def look(self) -> str:
        """Sign in at the server and leave; return what is wrong, empty when it is well."""
        if self.server is None:
            return "no mail server is set here"
        try:
            async with self._connected(self.server) as client:
                await client.noop()
        except (aiosmtplib.SMTPException, OSError) as error:
            return _fault(self.server, error)
        return ""

    @contextlib.asynccontextmanager
    async def _connected(self, server: MailServer) -> AsyncIterator[aiosmtplib.SMTP]:
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=self._password() if server.user else None,
            use_tls=server.security == TLS,
            start_tls=server.security == STARTTLS,
            tls_context=None if server.security == PLAIN else self._ssl_context or trusting_public_authorities(),
            timeout=self._seconds,
        )
        try:
            async with asyncio.timeout(self._seconds):
                await client.connect()
                yield client
            with contextlib.suppress(Exception):  # what the server took is taken, however it takes the leave
                await client.quit(timeout=QUIT_SECONDS)
        finally:
            client.close()


def written(mail: Mail, server: MailServer) -> EmailMessage:
    """Return a notice as it goes out. Whatever a name holds, it is one line of the subject and nothing else."""
    message = EmailMessage(policy=WIRE)
    message["From"] = server.sender
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{mail.message_id}@{server.sender_address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    message["Content-Language"] = mail.language  # after the text, which clears what headers say of it
    return message


def one_line(text: str) -> str:
    """Return a text without line breaks and control characters, with `…` where it is cut.

    What looks like an encoded word is broken up: the library would decode it, line breaks and all, into more headers.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split()).replace("=?", "= ?")
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def _said(code: int, message: str) -> str:
    return f"the mail server answered {code}: {one_line(message)}"


def _fault(server: MailServer, error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _said(error.code, error.message)
    return f"{server.place}: {one_line(str(error)) or type(error).__name__}"
