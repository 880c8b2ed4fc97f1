"""`Prefer: wait=N` (RFC 7240): an answer that may wait for what is asked about, as long as the caller likes."""

import re

from starlette.requests import Request

from manyeyes.values.integers import whole_number

LONGEST_WAIT = 60
_WAIT = re.compile(r'\s*wait\s*=\s*"?([0-9]+)"?\s*(;.*)?', re.ASCII | re.IGNORECASE | re.DOTALL)


def asked_wait(request: Request) -> int:
    """Return for how many seconds the caller would wait, at most `LONGEST_WAIT`; 0 without a preference.

    One that cannot be read is none: preferences may be ignored, and of several the first one counts (RFC 7240, 2).
    """
    for header in request.headers.getlist("prefer"):
        for preference in header.split(","):
            found = _WAIT.fullmatch(preference)
            if found:
                return min(whole_number(found[1], 9) or 0, LONGEST_WAIT)
    return 0


def applied(seconds: int) -> dict[str, str]:
    """Return the header that tells which wait was granted; none without one."""
    return {"preference-applied": f"wait={seconds}"} if seconds else {}
