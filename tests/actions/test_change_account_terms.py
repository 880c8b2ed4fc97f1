"""change_account_terms: what is given changes, the rest stays."""

from manyeyes.actions.change_account_terms import ChangeAccountTerms, change_account_terms
from support.action_stage import Stage


async def test_what_is_given_changes_in_its_order(stage: Stage):
    one, two = await stage.account(), await stage.account()
    batch = [
        ChangeAccountTerms(cell=stage.cell, account_id=two, weight=3),
        ChangeAccountTerms(cell=stage.cell, account_id=one, suspended=True, max_bid_micros=900),
        ChangeAccountTerms(cell=stage.cell, account_id=two, weight=4),
        ChangeAccountTerms(cell=stage.cell, account_id=99_999, weight=5),
    ]
    assert await stage.act(change_account_terms, *batch) == [None] * 4
    rows = await stage.rows("account", "account_id, weight, max_bid_micros, suspended")
    assert sorted(tuple(row.values()) for row in rows) == [(one, 1, 900, True), (two, 4, 0, False)]
