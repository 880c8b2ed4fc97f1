"""A month that was sealed long ago, and what stands for its dropped tasks.

Its sums are of nothing: what the books are is proven from their beginning on.
"""

from support.action_stage import Stage

ROWS = (
    """INSERT INTO seal (cell, until, transfers, previous, digest, sealed_at, public_key, signature)
    VALUES ($1, '2020-02-01Z', 0, '', '', '2020-02-02Z', '', '')""",
    "INSERT INTO seal_sum VALUES ($1, '2020-02-01Z', 1, 1, 0, 10, 1, 1, 0, 0, 0)",
    "INSERT INTO dropped_charge VALUES ($1, 1, '2020-01-01Z', 1, 0, '', 2, 1400)",
    "INSERT INTO dropped_pay VALUES ($1, 1, '2020-01-01Z', 5, 2, 1000)",
)


async def make_months(stage: Stage) -> None:
    """Write such a month."""
    for rows in ROWS:
        await stage.change(rows)
