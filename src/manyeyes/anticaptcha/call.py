"""One call of the Anti-Captcha contract, decoded once: the body's members, who calls from where, and the context."""

from typing import Any

import msgspec

from manyeyes.accounts.store import KeyOwner
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal


class AntiCaptchaCall(msgspec.Struct):
    """``body`` is the JSON object that came; ``address`` the caller's; ``base_url`` how they reached us."""

    context: Context
    body: dict[str, Any]
    raw: bytes
    address: str
    base_url: str

    async def owner(self, scope: str) -> KeyOwner | Refusal:
        """Return the account behind ``clientKey``, or the refusal: errors 1, 11, 21; 58 for a key without the scope."""
        found = await self.context.lookups.owner(self.body.get("clientKey"), self.address)
        if isinstance(found, Refusal) or scope in found.scopes:
            return found
        return Refusal(Reason.SCOPE_MISSING, scope)
