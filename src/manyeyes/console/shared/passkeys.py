"""/passkeys: making one, signing in with it, and forgetting it; the same for every role."""

import re
from collections.abc import Mapping

from msgspec import structs
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.browser_session import Begun, begin_session
from manyeyes.console.shared.forms import text_of, typed_in
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of, named
from manyeyes.roles.passkeys import (
    Maker,
    PasskeySite,
    PasskeyTrouble,
    keep,
    making,
    passkeys_of,
    read_site,
    remove_passkey,
    signed_in_by,
    signing_in,
)
from manyeyes.roles.sign_in import caller_address, cookie_subject, half_signed_in, is_by_key
from manyeyes.runtime.context import Context
from manyeyes.workers.passkeys.rules import FACTORS, session_mark
from manyeyes.workers.passkeys.store import NewPasskey, Passkey

TROUBLE: Mapping[PasskeyTrouble, str] = {
    PasskeyTrouble.NO_NAME: mark("Passkeys need an address with a name; this page's address is a number."),
    PasskeyTrouble.TOO_LATE: mark("That took too long. Try once more."),
    PasskeyTrouble.UNKNOWN: mark("This passkey is not known here any more. Sign in another way, and make a new one."),
    PasskeyTrouble.UNVERIFIED: mark("The device's answer does not hold. Try once more, or sign in another way."),
    PasskeyTrouble.TOO_MANY: mark("You have as many passkeys as anybody may have. Remove one that you no longer use."),
    PasskeyTrouble.UNREADABLE_NAME: mark("Give the passkey a name that can be read."),
}
_ID = re.compile(r"(?:[0-9a-f]{2}){1,1023}")  # a credential's id has at most 1,023 bytes (section 4)


class PasskeyPages:
    """Passkeys in one process; those of whoever is signed in, a worker, an account or the operator."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def options_to_make(self, request: Request) -> Response:
        """POST /passkeys/options: what the browser is to make a passkey with, as JSON."""
        maker, site = await self._maker(request), read_site(request.headers["origin"])
        if maker is None or isinstance(site, PasskeyTrouble):
            return Response(status_code=403)
        return Response(await making(self._context, maker, site), media_type="application/json")

    async def make(self, request: Request) -> Response:
        """POST /passkeys: `credential`, the browser's JSON of what its device made, and `name`."""
        maker, site = await self._maker(request), read_site(request.headers["origin"])
        if maker is None:
            return RedirectResponse("/", status_code=303)
        kept = site if isinstance(site, PasskeyTrouble) else await self._kept(request, maker, site)
        if isinstance(kept, PasskeyTrouble):
            return self._trouble(request, kept)
        if await cookie_subject(self._context, request) is None:  # this was the second proof that was asked for
            return await begin_session(self._context, request, maker.subject, _begun(kept))
        return RedirectResponse("/sessions", status_code=303)

    async def options_to_sign_in(self, request: Request) -> Response:
        """POST /passkeys/challenge: what the browser is to sign with a passkey that it has, as JSON."""
        site = read_site(request.headers["origin"])
        if isinstance(site, PasskeyTrouble):
            return Response(status_code=403)
        return Response(signing_in(self._context, site), media_type="application/json")

    async def sign_in(self, request: Request) -> Response:
        """POST /passkeys/sign-in: `credential`, the browser's JSON of what its device signed."""
        if await self._context.lookups.blocked(caller_address(request)) is not None:
            return render(request, "shared/start.html", status=403, home="", is_blocked=True)
        site = read_site(request.headers["origin"])
        sent = text_of(await request.form(), "credential")
        found = site if isinstance(site, PasskeyTrouble) else await signed_in_by(self._context, site, sent)
        if isinstance(found, PasskeyTrouble):
            return self._trouble(request, found)
        return await begin_session(self._context, request, found.subject, _begun(found))

    async def forget(self, request: Request) -> Response:
        """POST /passkeys/remove: `passkey`, the one that goes; browsers that it signed in are signed out."""
        subject = await cookie_subject(self._context, request)
        named_id = text_of(await request.form(), "passkey")
        if subject is not None and _ID.fullmatch(named_id):
            await remove_passkey(
                self._context, await actor_of(self._context, request), subject, bytes.fromhex(named_id)
            )
        return RedirectResponse("/sessions", status_code=303)

    async def _maker(self, request: Request) -> Maker | None:
        """Return who may make a passkey now: who is signed in, or lacks only a second proof and has no passkey yet."""
        whole = await cookie_subject(self._context, request)
        if whole and is_by_key(whole):
            return None
        if whole:
            return Maker(whole, await actor_of(self._context, request))
        half = await half_signed_in(self._context, request)
        if half is None or await passkeys_of(self._context, half):
            return None
        who = await named(self._context, half)
        return Maker(half, structs.replace(who, via="screen", address=caller_address(request)))

    async def _kept(self, request: Request, maker: Maker, site: PasskeySite) -> NewPasskey | PasskeyTrouble:
        form = await request.form()
        return await keep(self._context, maker, site, text_of(form, "credential"), typed_in(form, "name"))

    def _trouble(self, request: Request, trouble: PasskeyTrouble) -> Response:
        said = catalogue(look_of(request).language).ugettext(TROUBLE[trouble])
        return render(request, "shared/passkey_trouble.html", status=403, said=said)


def _begun(passkey: Passkey | NewPasskey) -> Begun:
    mark_of_it, needs = session_mark(passkey.credential_id), passkey.credential_id
    return Begun(through=mark_of_it, begun_by="passkey", factors=FACTORS, needs=needs)
