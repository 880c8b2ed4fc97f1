"""/docs/problems: the page that a problem's ``type`` names, made of the same table."""

import html
from functools import cache

from manyeyes.v1.problems import OTHERS, PROBLEMS

_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems of /v1</title>
<h1>Problems of <code>/v1</code></h1>
<p>Every "no" of <code>/v1</code> is a problem (RFC 9457). Its <code>detail</code> says what is wrong with this call,
<code>errors</code> which members are.</p>
<dl>
"""


@cache
def problem_page() -> bytes:
    """Return the page; each problem has a place of its own, which its ``type`` ends with."""
    told = [(str(reason), *what) for reason, what in PROBLEMS.items()] + [
        (word, *what) for word, what in OTHERS.items()
    ]
    rows = [
        f'<dt id="{html.escape(word)}"><code>{html.escape(word)}</code> · {status}</dt><dd>{html.escape(title)}.</dd>\n'
        for word, status, title in sorted(told, key=lambda one: (one[1], one[0]))
    ]
    return (_HEAD + "".join(rows) + "</dl>\n</html>\n").encode()
