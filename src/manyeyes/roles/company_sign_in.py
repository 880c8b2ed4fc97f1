"""The company's own sign-in: OpenID Connect Core 1.0, section 3.1, by code and with PKCE (docs/decisions/0083).

The libraries that speak it are loaded when somebody first signs in so.
"""

import enum
import secrets
import time
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

import msgspec
import structlog

from manyeyes.actions.admit_identities import AdmitIdentity, admit_identities
from manyeyes.actions.connect_identities import ConnectIdentity, connect_identities
from manyeyes.actions.disconnect_identities import DisconnectIdentity, disconnect_identities
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor
from manyeyes.values.web_address import read_web_address
from manyeyes.workers.identities import store
from manyeyes.workers.identities.rules import factors_of, has_tls, name_of, read_role_map, role_of
from manyeyes.workers.identities.store import ConnectedIdentity, Identity
from manyeyes.workers.sign_outs.store import NONE
from manyeyes.workers.store import Subject

BACK = "/company/back"  # what its operator registers with the provider, behind the public address
STATE_SECONDS = 600  # from the button to the way back
ANSWER_SECONDS = 10.0  # for each call to the provider
KEYS_SECONDS = 600.0  # for which its description and keys are believed without asking
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]  # never one that the client's own secret could sign
LEEWAY_SECONDS = 60  # between its clock and ours
DESCRIPTION = "/.well-known/openid-configuration"
SEALED = "company sign-in"

log = structlog.get_logger()


class CompanyTrouble(enum.StrEnum):
    """Why the company's sign-in signed nobody in."""

    UNREACHABLE = "unreachable"
    DECLINED = "declined"  # by the person, or by the company
    TOO_LATE = "too_late"  # or begun in another browser
    UNPROVEN = "unproven"  # what came back does not hold
    NOT_ADMITTED = "not_admitted"  # the company knows them; nothing here says what they may do
    TAKEN = "taken"  # it signs somebody else in here


class Waiting(msgspec.Struct, frozen=True):
    """What a browser keeps, sealed, while its person is at the provider.

    ``connects``: hash of the session that asked to be connected; empty: it wants to sign in.
    """

    state: str
    nonce: str
    verifier: str
    until: int
    connects: bytes


class Departure(msgspec.Struct, frozen=True):
    """Where a browser goes, and what it keeps meanwhile."""

    url: str
    kept: str


class CompanyProof(msgspec.Struct, frozen=True):
    """Whom the company says somebody is; ``role``: what their groups give; ``factors``: how many proofs it took."""

    identity: Identity
    role: str | None
    factors: int


class _Provider(msgspec.Struct):
    """The members of OpenID Connect Discovery 1.0, section 3, that are used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


def company_name(context: Context) -> str:
    """Return what the button calls the company's sign-in; empty where there is none."""
    settings = context.settings
    if not settings.oidc_issuer:
        return ""
    return settings.oidc_name or read_web_address(settings.oidc_issuer).host


class CompanySignIn:
    """The way to the provider and back, in one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._provider: _Provider | None = None
        self._keys: Any = None
        self._asked_at = 0.0

    async def depart(self, *, connects: bytes = NONE) -> Departure | CompanyTrouble:
        """Return where the browser goes to sign in at the provider; ``connects``: as `Waiting` has it."""
        provider = await self._known()
        if isinstance(provider, CompanyTrouble):
            return provider
        waiting = Waiting(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            until=int(time.time()) + STATE_SECONDS,
            connects=connects,
        )
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                provider.authorization_endpoint,
                state=waiting.state,
                nonce=waiting.nonce,
                code_verifier=waiting.verifier,
            )
        sealed = self._context.sign_in_sealer.seal(SEALED, msgspec.json.encode(waiting))
        return Departure(str(url), sealed.hex())

    def kept(self, cookie: str) -> Waiting | None:
        """Return what a browser kept; None when that is not ours, or too old."""
        try:
            clear = self._context.sign_in_sealer.open(SEALED, bytes.fromhex(cookie))
            found = msgspec.json.decode(clear, type=Waiting)
        except ValueError:
            return None
        return found if time.time() < found.until else None

    async def come_back(self, waiting: Waiting, answer: Mapping[str, str]) -> CompanyProof | CompanyTrouble:
        """Return whom the provider sends back, from the parameters of the way back (sections 3.1.2.5 to 3.1.3.7)."""
        provider = await self._known()
        if isinstance(provider, CompanyTrouble):
            return provider
        if not secrets.compare_digest(answer.get("state", "").encode(), waiting.state.encode()):
            return CompanyTrouble.TOO_LATE
        if "error" in answer or not answer.get("code"):
            return CompanyTrouble.DECLINED
        if answer.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
            return CompanyTrouble.UNPROVEN
        try:
            async with self._client() as client:
                token = await client.fetch_token(
                    provider.token_endpoint, code=answer["code"], code_verifier=waiting.verifier
                )
            claims = await self._claims(str(token.get("id_token", "")), waiting.nonce)
        except Exception as error:  # the library's, the transport's, JOSE's: each says no
            log.warning("the company's sign-in failed", error=repr(error))
            return CompanyTrouble.UNPROVEN
        return self._proof(claims)

    def _proof(self, claims: Mapping[str, Any]) -> CompanyProof:
        settings = self._context.settings
        identity = Identity(settings.oidc_issuer, str(claims["sub"]), name_of(claims))
        role = role_of(claims, settings.oidc_claim, read_role_map(settings.oidc_roles))
        return CompanyProof(identity, role, factors_of(claims))

    async def _claims(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        """Return an ID token's claims. Raises whatever the library does for one that does not hold (3.1.3.7)."""
        jwt, client_id = import_module("joserfc.jwt"), self._context.settings.oidc_client_id
        try:
            token = jwt.decode(id_token, self._keys, algorithms=ALGORITHMS)
        except Exception:  # no such key, or not signed with it: the provider may have new ones
            self._asked_at = 0.0
            await self._known()
            token = jwt.decode(id_token, self._keys, algorithms=ALGORITHMS)
        wanted: dict[str, dict[str, Any]] = {
            "iss": {"essential": True, "value": self._context.settings.oidc_issuer},
            "aud": {"essential": True, "value": client_id},
            "nonce": {"essential": True, "value": nonce},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "sub": {"essential": True},
        }
        jwt.JWTClaimsRegistry(leeway=LEEWAY_SECONDS, **wanted).validate(token.claims)
        if token.claims.get("azp", client_id) != client_id or not 0 < len(token.claims["sub"]) <= 255:
            raise ValueError("the token is for somebody else")
        claims: Mapping[str, Any] = token.claims
        return claims

    async def _known(self) -> _Provider | CompanyTrouble:
        """Return the provider as it describes itself, asked at most once in `KEYS_SECONDS`."""
        if self._provider is None or time.monotonic() - self._asked_at > KEYS_SECONDS:
            issuer = self._context.settings.oidc_issuer
            try:
                async with self._client() as client:
                    told = await client.request("GET", issuer.rstrip("/") + DESCRIPTION, withhold_token=True)
                    provider = msgspec.json.decode(told.content, type=_Provider)
                    if provider.issuer != issuer:  # Discovery, section 4.3
                        raise ValueError(f"it calls itself {provider.issuer}")
                    ends = (provider.authorization_endpoint, provider.token_endpoint, provider.jwks_uri)
                    if not has_tls(issuer, ends):
                        raise ValueError("it would be asked in the clear")
                    keys = (await client.request("GET", provider.jwks_uri, withhold_token=True)).json()
                self._keys = import_module("joserfc.jwk").KeySet.import_key_set(keys)
            except Exception as error:  # what it may answer has no end; each says that it cannot be used now
                log.warning("the company's sign-in cannot be reached", issuer=issuer, error=repr(error))
                return CompanyTrouble.UNREACHABLE
            self._provider, self._asked_at = provider, time.monotonic()
        return self._provider

    def _client(self) -> Any:
        settings = self._context.settings
        return _library().AsyncOAuth2Client(
            settings.oidc_client_id,
            settings.oidc_client_secret,
            scope="openid profile email",
            redirect_uri=settings.public_url.rstrip("/") + BACK,
            code_challenge_method="S256",
            timeout=ANSWER_SECONDS,
        )


async def admit_identity(context: Context, actor: Actor, proof: CompanyProof) -> Subject | CompanyTrouble:
    """Return whom the company's word signs in here."""
    staff_id = await context.id_blocks.take_number("staff") if proof.role else 0
    command = AdmitIdentity(proof.identity, proof.role, staff_id, actor=actor)
    found = await context.batcher.ask(admit_identities, command)
    await context.notifier.tell_changed()
    return found or CompanyTrouble.NOT_ADMITTED


async def connect_identity(
    context: Context, actor: Actor, subject: Subject, proof: CompanyProof
) -> CompanyTrouble | None:
    """Let the company's word sign in who is signed in now; return why not."""
    is_theirs = await context.batcher.ask(connect_identities, ConnectIdentity(subject, proof.identity, actor=actor))
    return None if is_theirs else CompanyTrouble.TAKEN


async def disconnect_identity(context: Context, actor: Actor, subject: Subject, issuer: str, sub: str) -> None:
    """Part somebody and the company's sign-in; browsers that it signed in are signed out everywhere at once."""
    await context.batcher.ask(disconnect_identities, DisconnectIdentity(subject, issuer, sub, actor=actor))
    await context.notifier.tell_changed()


async def identities_of(context: Context, subject: Subject) -> list[ConnectedIdentity]:
    """Return what somebody is connected with."""
    async with context.cells.directory.acquire() as db:
        return await store.identities_of(db, subject)


@cache
def _library() -> Any:
    return import_module("authlib.integrations.httpx_client")
