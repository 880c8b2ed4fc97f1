"""One call of the Anti-Captcha contract, decoded once: the body's members, who calls from where, and the context."""

from typing import Any

import msgspec

from manyeyes.accounts.store import KeyOwner
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal


class AntiCaptchaCall(msgspec.Struct):
    """``body`` is the JSON object that came; ``address`` the caller's; ``scope`` the request that it came in."""

    context: Context
    body: dict[str, Any]
    raw: bytes
    address: str
    scope: dict[str, Any]

    @property
    def base_url(self) -> str:
        """Return where this installation was reached, without a slash at the end."""
        if self.context.settings.public_url:
            return self.context.settings.public_url.rstrip("/")
        host = next((value.decode("latin-1") for key, value in self.scope["headers"] if key == b"host"), "")
        return f"{self.scope.get('scheme', 'http')}://{host}" if host else ""

    async def owner(self, scope: str) -> KeyOwner | Refusal:
        """Return the account behind ``clientKey``, or the refusal: errors 1, 11, 21; 58 for a key without the scope."""
        found = await self.context.lookups.owner(self.body.get("clientKey"), self.address)
        if isinstance(found, Refusal) or scope in found.scopes:
            return found
        return Refusal(Reason.SCOPE_MISSING, scope)
