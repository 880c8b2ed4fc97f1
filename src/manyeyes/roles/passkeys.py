"""Passkeys: making one for whoever is signed in, and signing in with it (docs/decisions/0082).

Web Authentication, Level 2 (W3C): sections 7.1 and 7.2 say what is verified; the library does that, and is loaded when
somebody first needs it.
"""

import enum
import ipaddress
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Any

import msgspec

from manyeyes.actions.add_passkeys import AddPasskey, add_passkeys
from manyeyes.actions.remove_passkeys import RemovePasskey, remove_passkeys
from manyeyes.actions.use_passkeys import UsePasskey, use_passkeys
from manyeyes.roles.login_links import sign_out_everywhere
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor
from manyeyes.values.challenges import SIGN_IN, Challenge
from manyeyes.values.text.rules import read_name
from manyeyes.values.web_address import read_origin
from manyeyes.workers.passkeys import store
from manyeyes.workers.passkeys.rules import PasskeyKept, purpose_of
from manyeyes.workers.passkeys.store import NewPasskey, Passkey
from manyeyes.workers.store import Subject

MILLISECONDS = 300_000  # that the browser waits for its person


class PasskeyTrouble(enum.StrEnum):
    """Why a passkey was not made, or signs nobody in."""

    NO_NAME = "no_name"  # the page's address is a number, for which browsers make none
    TOO_LATE = "too_late"  # the challenge is over, was answered before, or is not ours
    UNKNOWN = "unknown"
    UNVERIFIED = "unverified"  # the device's signature does not hold, or it did not ask who is there
    TOO_MANY = "too_many"
    UNREADABLE_NAME = "unreadable_name"


_UNKEPT = {PasskeyKept.TOO_LATE: PasskeyTrouble.TOO_LATE, PasskeyKept.TOO_MANY: PasskeyTrouble.TOO_MANY}


class PasskeySite(msgspec.Struct, frozen=True):
    """The pages that a passkey is made for and good for: their host, and the origin that a browser says."""

    host: str
    origin: str


class Maker(msgspec.Struct, frozen=True):
    """Whoever makes a passkey; ``actor`` as the audit trail has them, whose name is what their device lists."""

    subject: Subject
    actor: Actor


def read_site(origin: str) -> PasskeySite | PasskeyTrouble:
    """Return the site of a page's Origin header, which was found to be our own."""
    host = read_origin(origin).host
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return PasskeySite(host, origin)
    return PasskeyTrouble.NO_NAME


async def making(context: Context, maker: Maker, site: PasskeySite) -> str:
    """Return the JSON of what the browser is to make a passkey with (section 5.4)."""
    there = await passkeys_of(context, maker.subject)
    webauthn, structs = _library(), _structs()
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="manyeyes",
        user_name=maker.actor.name or maker.subject.role,
        user_id=context.challenges.handle(_purpose(maker.subject)),
        challenge=context.challenges.new(_purpose(maker.subject), datetime.now(UTC)),
        timeout=MILLISECONDS,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each.credential_id) for each in there],
    )
    return str(webauthn.options_to_json(options))


async def keep(context: Context, maker: Maker, site: PasskeySite, sent: str, name: str) -> NewPasskey | PasskeyTrouble:
    """Keep the passkey that a device made, under a name; ``sent``: the browser's JSON of it."""
    try:
        name = read_name(name)
    except ValueError:
        return PasskeyTrouble.UNREADABLE_NAME
    purpose = _purpose(maker.subject)
    answer = _answered(context, sent, purpose)
    if isinstance(answer, PasskeyTrouble):
        return answer
    made = _verified("verify_registration_response", sent, answer, site)
    if made is None:
        return PasskeyTrouble.UNVERIFIED
    new = NewPasskey(
        credential_id=made.credential_id,
        user_handle=context.challenges.handle(purpose),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
    )
    command = AddPasskey(maker.subject, new, answer.challenge, actor=maker.actor)
    return _UNKEPT.get(await context.batcher.ask(add_passkeys, command), new)


def signing_in(context: Context, site: PasskeySite) -> str:
    """Return the JSON of what the browser is to sign with any passkey that it has for this site (section 5.5)."""
    options = _library().generate_authentication_options(
        rp_id=site.host,
        challenge=context.challenges.new(SIGN_IN, datetime.now(UTC)),
        timeout=MILLISECONDS,
        user_verification=_structs().UserVerificationRequirement.REQUIRED,
    )
    return str(_library().options_to_json(options))


async def signed_in_by(context: Context, site: PasskeySite, sent: str) -> Passkey | PasskeyTrouble:
    """Return the passkey that answered a challenge, whose person is signed in now; ``sent``: the browser's JSON."""
    answer = _answered(context, sent, SIGN_IN)
    if isinstance(answer, PasskeyTrouble):
        return answer
    async with context.cells.directory.acquire() as db:
        found = await store.passkey(db, answer.credential_id)
    if found is None:
        return PasskeyTrouble.UNKNOWN
    known = {"credential_public_key": found.public_key, "credential_current_sign_count": found.sign_count}
    done = _verified("verify_authentication_response", sent, answer, site, **known)
    if done is None or answer.user_handle not in (None, found.user_handle):
        return PasskeyTrouble.UNVERIFIED
    command = UsePasskey(answer.credential_id, done.new_sign_count, answer.challenge)
    return found if await context.batcher.ask(use_passkeys, command) else PasskeyTrouble.TOO_LATE


async def passkeys_of(context: Context, subject: Subject) -> list[Passkey]:
    """Return somebody's passkeys, the oldest first."""
    async with context.cells.directory.acquire() as db:
        return await store.passkeys_of(db, subject)


async def remove_passkey(context: Context, actor: Actor, subject: Subject, credential_id: bytes | None = None) -> int:
    """Forget one of somebody's passkeys, or all; browsers that it signed in are signed out everywhere at once."""
    gone = await context.batcher.ask(remove_passkeys, RemovePasskey(subject, credential_id, actor=actor))
    await context.notifier.tell_changed()
    return gone


async def end_sign_ins(context: Context, subject: Subject, actor: Actor, *, with_passkeys: bool) -> int:
    """Sign somebody out everywhere, and remove their passkeys too, as after a lost device; return as it does."""
    ended = await sign_out_everywhere(context, subject, actor)
    if with_passkeys:
        await remove_passkey(context, actor, subject)
    return ended


def _purpose(subject: Subject) -> bytes:
    return purpose_of(subject.role, subject.subject_id, subject.person_id)


def _answered(context: Context, sent: str, purpose: bytes) -> "_Answer | PasskeyTrouble":
    """Return what the browser's JSON answers; that its device signed just that the library sees."""
    try:
        found = msgspec.json.decode(sent.encode(), type=_Sent)
        client = msgspec.json.decode(_bytes(found.response.clientDataJSON), type=_ClientData)
        raw, credential_id = _bytes(client.challenge), _bytes(found.id)
        handle = _bytes(found.response.userHandle) if found.response.userHandle else None
    except ValueError:  # msgspec's and base64's are
        return PasskeyTrouble.UNVERIFIED
    challenge = context.challenges.open(raw, purpose, datetime.now(UTC))
    return _Answer(raw, challenge, credential_id, handle) if challenge else PasskeyTrouble.TOO_LATE


def _verified(check: str, sent: str, answer: "_Answer", site: PasskeySite, **known: object) -> Any:
    """Return what the library says of the browser's JSON; None when anything in it does not hold."""
    try:
        return getattr(_library(), check)(
            credential=sent,
            expected_challenge=answer.raw,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
            **known,
        )
    except Exception:  # besides its own it lets those of CBOR and of keys through, which strangers send
        return None


class _Answer(msgspec.Struct, frozen=True):
    raw: bytes
    challenge: Challenge
    credential_id: bytes
    user_handle: bytes | None


class _Response(msgspec.Struct, frozen=True):  # members are the browser's: section 5.8.1
    clientDataJSON: str
    userHandle: str | None = None


class _Sent(msgspec.Struct, frozen=True):
    id: str
    response: _Response


class _ClientData(msgspec.Struct, frozen=True):
    challenge: str


def _bytes(text: str) -> bytes:
    found: bytes = _library().base64url_to_bytes(text)
    return found


@cache
def _library() -> Any:
    return import_module("webauthn")


@cache
def _structs() -> Any:
    return import_module("webauthn.helpers.structs")
