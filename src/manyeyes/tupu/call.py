"""One call of the contract, admitted: whose it is, what it asks, and the context."""

import msgspec

from manyeyes.apps.rules import App
from manyeyes.runtime.context import Context
from manyeyes.tupu.memory_budget import HeldMemory
from manyeyes.tupu.parameters import Parameters
from manyeyes.tupu.rate_limit import Pace
from manyeyes.values.refusals import Reason, Refusal


class SignedCall(msgspec.Struct, frozen=True, kw_only=True):
    """``share``: counts the bytes that it holds.

    ``triple``: names the signed call (`request_signature.triple_digest`), empty when nothing does. ``at``: Unix
    seconds; ``arrived``: the same instant on the clock that never goes back.
    """

    context: Context
    pace: Pace
    share: HeldMemory
    app: App
    parameters: Parameters
    triple: bytes
    at: float
    arrived: float

    def too_fast(self) -> Refusal | None:
        """Count the call towards the app's rate; return the refusal when it has none left (code 17)."""
        per_second = self.app.calls_per_second
        if self.pace.take(self.app.secret_id, per_second, self.arrived):
            return None
        return Refusal(Reason.TOO_FAST, f"{per_second} are taken, by each serving process")
