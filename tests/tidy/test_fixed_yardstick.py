"""The yardstick's SQL, frozen: a ratio to it is compared with ratios of months ago."""

import hashlib

from support import repository
from support.findings import fail_on

FROZEN = {
    "schema.sql": "7ef409a274526ee35a9ed78332ee7c7e0f9b46b37e121c880d88e7c907389ecd",
    "steps.sql": "202296d05363ce5fa452f7f40d546522c9b681553ede41e314574517df14ccbc",
    "sets.sql": "2daab5b89f62c0a9765bb07226f498052533c2fa2c872d4d44f8d7a035ac1da6",
    "life_in_steps.sql": "5bb81a40e7250277cf8ea7e2852cad13db3b51527d584bd1b4c40aeccfe9b4aa",
    "lives_in_sets.sql": "df263fc9e9e17ae6b7eec37c11c6176c9f0d3b5d5e1aff4d92b6258a258d9046",
}


def test_the_yardstick_is_what_it_was():
    folder = repository.ROOT / "bench/fixed"
    now = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    changed = sorted(name for name in now.keys() | FROZEN.keys() if now.get(name) != FROZEN.get(name))
    fail_on(
        changed,
        "put these files of bench/fixed/ back as they were: every ratio in docs/benchmarks.md is to this very SQL, and "
        "a yardstick that moves with the product says nothing about it; measure something else in a file beside",
    )
