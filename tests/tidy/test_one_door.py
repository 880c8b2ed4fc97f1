"""Whatever goes out to other people's hosts goes through the door: nothing else imports what could."""

import ast

from support import repository

OPENERS = {"httpcore", "httpx", "requests", "aiohttp", "urllib3", "dns", "ftplib", "telnetlib", "websockets"}
OPENERS |= {"smtplib", "aiosmtplib", "urllib.request", "http.client", "xmlrpc.client"}
CALLS = {"open_connection", "create_connection", "getaddrinfo", "gethostbyname", "urlopen"}
# web_address.py takes httpx's reading of addresses and nothing else of it.
KNOWN = {
    "values/web_address.py": {"httpx"},
    "outbound/door.py": {"open_connection"},
    "outbound/mail_door.py": {"aiosmtplib"},  # to the one server that the operator set
    "outbound/resolver.py": {"getaddrinfo"},
    "outbound/text_records.py": {"dns"},
}


def ways_out(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        found |= {way for name in names for way in (name, name.split(".")[0]) if way in OPENERS}
        if isinstance(node, ast.Attribute) and node.attr in CALLS:
            found.add(node.attr)
    return found


def test_only_the_door_opens_connections():
    ways = {
        str(path.relative_to(repository.SOURCE)): ways_out(path.read_text("utf-8"))
        for path in repository.SOURCE.rglob("*.py")
    }
    assert {path: found for path, found in ways.items() if found} == KNOWN


def test_a_way_out_is_seen():
    assert ways_out("import urllib.request\nfrom httpx import get\nasyncio.open_connection('a', 1)") == {
        *("urllib.request", "httpx", "open_connection"),
    }
    assert ways_out("from urllib import parse, request\nfrom http import client") == {"urllib.request", "http.client"}


def test_tables_are_written_where_formulas_are_kept_out():
    """Whoever writes one elsewhere would have to think of that anew."""
    writers = {
        str(path.relative_to(repository.SOURCE))
        for path in repository.SOURCE.rglob("*.py")
        if "csv.writer(" in path.read_text("utf-8")
    }
    assert writers == {"values/spreadsheet.py", "cli/asking/answers.py"}
