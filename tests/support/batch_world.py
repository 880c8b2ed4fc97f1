"""A cell in the middle of a working day: tasks at every point of their life, for batches of any action to meet.

All of it lies in one transaction that is never committed, so the day is made once and nothing is left behind.
"""

from datetime import timedelta
from typing import Any, NamedTuple, cast

import asyncpg

from manyeyes.accounts import store as accounts
from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.accounts.store import AccountPlace
from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.claim_deliveries import ClaimDeliveries, claim_deliveries
from manyeyes.actions.count_app_refusals import CountAppRefusal, count_app_refusals
from manyeyes.actions.decide_appeals import DecideAppeal, decide_appeals
from manyeyes.actions.file_appeals import FileAppeal, file_appeals
from manyeyes.actions.note_deliveries import NoteDelivery, note_deliveries
from manyeyes.actions.note_instructions_seen import NoteInstructionsSeen, note_instructions_seen
from manyeyes.actions.report_tokens import ReportToken, report_tokens
from manyeyes.actions.shared.asked_questions import NewExample, NewQuestion, hold_questions
from manyeyes.actions.shared.judgement_effects import JudgementId
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.skip_tasks import Skipped
from manyeyes.db.picture_days import keep_days
from manyeyes.db.pool import Cells
from manyeyes.dispatch import store as dispatch
from manyeyes.reports import token_reports
from manyeyes.reports.rules import REPORT_SECONDS, ReportKind
from manyeyes.tasks.rules import TOKEN_KINDS
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.webhooks.rules import TryResponse
from manyeyes.workers import store as workers
from support import proven_sites
from support.action_stage import PICTURE, PRICE, Stage, set_stage
from support.bucket_world import make_buckets
from support.directory_world import SOFT_ID, Directory, make_directory
from support.item_uploads import make_files
from support.job_world import make_jobs
from support.judgement_world import lay_votes_aside, leases_of_judgements, make_judgements
from support.laid_aside import lay_some
from support.marked_world import look_back
from support.paid_people import make_requests
from support.panel_world import make_ended_panels, make_open_panels
from support.recognition_calls import Calls, app_of
from support.same_connection import SameConnection
from support.sealed_rows import make_months
from support.skill_world import make_skills

CELL = 4_242  # nobody else's: what other tests leave in the database does not matter
TOKENS, OTHER_TOKENS = 6, 22  # queues
EVERY_QUEUE = (1, 2, TOKENS, OTHER_TOKENS)
LIVE_NODE, DEAD_NODE, LOST_NODE = 1, 2, 3
UNKNOWN = 999_999  # no account, worker or task
FRESH = 1_000_000  # ids from here on are free
CALL_KEY = CallKey(b"k" * 32, b"b" * 32)  # under which an account called before


class World(NamedTuple):
    """What commands are drawn from. Accounts, workers and tasks have an unknown one among them."""

    stage: Stage
    calls: Calls
    directory: Directory
    account_ids: list[int]
    worker_ids: list[int]
    reviewer_ids: list[int]
    owners: dict[int, int]  # by task, or number of a delivery about none
    leases: list[tuple[int, LeaseId]]  # what lies on the workers' desks
    old_leases: list[tuple[int, LeaseId]]  # of answers that were taken
    slots: list[tuple[int, SlotId]]  # by reviewer
    sites: list[tuple[int, str, str]]  # account, domain, token
    deliveries: list[tuple[int, int]]  # task, claim
    waiting: int  # in queue 1
    top_ups: list[int]
    tokens: list[tuple[int, int]]  # account, task: tokens that were given
    unreported: list[int]  # tasks whose answers may be complained about
    reported: dict[int, int]  # whose answers were reported, by task
    judging: list[int]  # tasks whose complaints are undecided
    appealed: list[int]  # tasks whose appeals are undecided
    drafts: list[tuple[int, int]]  # account, job: with files (support/item_batches.py)
    jobs: list[tuple[int, int]]  # account, job: in every state (support/job_batches.py)
    questions: list[int]  # with instructions
    judgements: list[tuple[int, JudgementId]]  # by reviewer


async def make_world(db: asyncpg.Connection) -> World:
    """Make the day in the transaction that the connection is in."""
    await db.execute("DELETE FROM queue WHERE queue_id NOT IN (1, 2)")
    await db.execute("UPDATE queue SET price_micros = 700, pay_micros = 500, capacity = 100000, lease_seconds = 60")
    await db.execute("UPDATE queue SET vote_micros = 100, marks = 0, life_seconds = null, default_terms = null")
    await db.execute("UPDATE queue SET accepts_complaints = queue_id <> 2, audit_share = 0.05")
    await db.execute("UPDATE queue SET floor = null, gold_share = null")
    stage = await set_stage(cast(asyncpg.Pool, SameConnection(db)), CELL)
    stage.cells = Cells(stage.pool, {CELL: stage.pool})  # drafts nothing: within one transaction time stands still
    await proven_sites.open_on(stage)
    await dispatch.open_gates(db, CELL, list(stage.queues))
    await stage.change("INSERT INTO queue_depth SELECT $1, q, 9, 800, now() FROM unnest('{1,2}'::int[]) AS q")
    silent = "UPDATE node SET beat_at = now() - interval '1 h' * $3 WHERE cell = $1 AND node_id = $2"
    for node_id, hours in ((LIVE_NODE, 0), (DEAD_NODE, 1), (LOST_NODE, 2)):
        await workers.beat(db, CELL, node_id)
        await stage.change(silent, node_id, hours)
    present = stage.now
    stage.now -= timedelta(hours=2)
    await keep_days(db, stage.now.date())
    rich, other = await stage.account(), await stage.account()
    calls = Calls(stage, app_of(rich, cell=CELL))
    author = await stage.worker(*EVERY_QUEUE)
    await _long_ago(stage, calls, rich, author)
    stage.now = present - timedelta(seconds=15)
    await _just_now(stage, calls, rich, other, author)
    await make_judgements(stage, rich, author)
    await stage.go(author)
    await make_ended_panels(stage, rich, other, rich)
    await stage.come(author, *EVERY_QUEUE)
    poor = await _accounts(stage, db)
    await _desks(stage, calls, rich, other, author)
    stage.now = present
    await make_open_panels(stage, rich, *EVERY_QUEUE)
    await _waiting(stage, rich, other, poor)
    await stage.submit(rich, key=CALL_KEY, truth="12345")
    await make_buckets(stage, rich, other)
    await make_files(stage, rich, other)
    await make_jobs(stage, rich, poor)
    await make_skills(stage, author)
    await make_requests(stage)
    await make_months(stage)
    return await _world(stage, calls, author, await make_directory(stage, rich))


async def _long_ago(stage: Stage, calls: Calls, rich: int, author: int) -> None:
    """Make tasks whose complaint window is closed: with verdicts, appeals, deliveries, shares and sites."""
    solve = {"soft_id": SOFT_ID, "share_percent": 10}
    disputed = [await stage.dispute(rich, author, *votes) for votes in [("confirm",) * 2] * 4 + [("reject",) * 2]]
    for task_id in disputed[:2]:
        await stage.act(file_appeals, FileAppeal(cell=CELL, worker_id=author, task_id=task_id, words="I was right"))
    await stage.act(decide_appeals, DecideAppeal(cell=CELL, task_id=disputed[0], accepted=True))
    shared = await stage.solve(rich, author, **solve)
    await stage.complain(rich, shared)
    await stage.judge("confirm", "confirm")
    assert isinstance(await stage.complain(rich, shared), Refusal)
    await stage.change("INSERT INTO kept_longer (cell, task_id, look_at) VALUES ($1, $2, 'epoch')", shared)
    await stage.change("UPDATE refused_report SET at = at - interval '31 d' WHERE cell = $1")
    for n in range(4):
        await stage.solve(rich, author, callback_url=f"https://receiver{n % 2}.example/{n}", **solve)
    (claimed,) = await stage.act(claim_deliveries, ClaimDeliveries(cell=CELL, room=3))
    for found, status in zip(claimed, (200, 410, 500), strict=True):
        answer, claim = TryResponse(status=status), found.claim
        noted: dict[str, Any] = {"task_id": claim.task_id, "claim": claim.number, "answer": answer}
        noted |= {"milliseconds": 9, "chance": 0.5}
        await stage.act(note_deliveries, NoteDelivery(cell=CELL, **noted))
    await calls.record(calls.found(rate=0.5), nonce="a", body="a")
    await stage.hand_out()
    await stage.answer(author, await stage.lease(author), "2")
    for domain, finding in (("lost.example", proven_sites.GONE), ("shop.example", None), ("gone.example", None)):
        site = await proven_sites.site(stage, rich, domain)
        if finding:
            await proven_sites.checked(stage, site, finding)
    await proven_sites.site(stage, rich, "new.example", finding=None)
    await proven_sites.withdrawn(stage, rich, "gone.example")


async def _just_now(stage: Stage, calls: Calls, rich: int, other: int, author: int) -> None:
    """Make answers that may be complained about, complaints at every stage, and tokens that were reported on."""
    for account_id in (rich, other, rich):
        await stage.solve(account_id, author, callback_url="https://receiver0.example/now")
    for n in range(2):
        await calls.record(calls.found(rate=0.6))
        await stage.hand_out()
        answered = await stage.answer(author, await stage.lease(author), "12"[n])
    assert isinstance(answered, Answered), answered
    await stage.complain(rich, answered.task_id)
    await stage.complain(other, await stage.solve(other, author))
    await stage.complain(rich, await stage.solve(rich, author, soft_id=SOFT_ID, share_percent=10))
    assert isinstance(await stage.complain(rich, UNKNOWN), Refusal)
    held = [await stage.take(stage.number(), *EVERY_QUEUE) for _ in range(9)]
    await stage.complain(other, await stage.solve(other, author))
    for slot, vote in zip(held[:2] + held[3:4], ("confirm", "confirm", "reject"), strict=True):
        assert slot is not None
        await stage.vote(slot, vote)
    await lay_votes_aside(stage, held[4], held[6], held[7])
    for _ in range(4):
        task_id = await stage.submit(rich, **proven_sites.asking())
        await stage.hand_out(TOKENS)
        await stage.answer(author, await stage.lease(author), proven_sites.TOKEN)
    kinds: dict[str, Any] = {"kind": ReportKind.TOKEN_INCORRECT, "takes": TOKEN_KINDS}
    await stage.act(report_tokens, ReportToken(cell=CELL, account_id=rich, task_id=task_id, **kinds))


async def _accounts(stage: Stage, db: asyncpg.Connection) -> int:
    """Open those who cannot do everything; return the one who can pay for few tasks."""
    poor, bidder, suspended = await stage.account(3 * PRICE), await stage.account(), await stage.account()
    await stage.account(0)
    await accounts.set_terms(db, AccountPlace(bidder, "bidder", CELL), max_bid_micros=900, weight=2)
    await accounts.set_terms(db, AccountPlace(suspended, "suspended", CELL), suspended=True)
    await token_reports.ignore(db, CELL, {suspended: "all of them"}, stage.now + timedelta(days=1))
    refused = CountAppRefusal(cell=CELL, soft_id=SOFT_ID, reason=Reason.ACCOUNT_SUSPENDED)
    await stage.act(count_app_refusals, refused)
    return poor


async def _desks(stage: Stage, calls: Calls, rich: int, other: int, author: int) -> None:
    """Make workers with one task, two and none; tasks that were passed on, and one that four workers failed at."""
    await stage.go(author)
    hands = [await stage.worker(*EVERY_QUEUE) for _ in range(6)]
    await calls.record(calls.found(rate=0.7), calls.found(rate=0.3))
    for n in range(7):
        await stage.submit((rich, other)[n % 2], soft_id=SOFT_ID, share_percent=20, life_seconds=90)
    await proven_sites.site(stage, other, "barred.example")
    for _ in range(2):
        await stage.submit(rich, **proven_sites.asking())
        await stage.submit(other, **proven_sites.asking("barred.example"))
    for queue_id in (TOKENS, 1, TOKENS, 1):
        await stage.hand_out(queue_id)
    for worker_id in hands[:2]:
        assert isinstance(await stage.skip(worker_id, await stage.lease(worker_id)), Skipped)
    await stage.change("UPDATE work SET failures = 4 WHERE cell = $1 AND state <> 0 AND task_id % 2 = 0")
    await _explained(stage, rich, hands)
    await stage.go(hands[2], offline=False)
    idle = [await stage.worker(*EVERY_QUEUE) for _ in range(2)]
    await stage.match()  # one of them is given what they have not looked at yet
    await stage.change("UPDATE session SET node_id = $2 WHERE cell = $1 AND worker_id = $3", DEAD_NODE, idle[0])
    await stage.think(rich, idle[1])
    await stage.think(other, hands[0], filtered=True)
    await stage.come(author, *EVERY_QUEUE)
    await look_back(stage, hands[5])


async def _explained(stage: Stage, account_id: int, hands: list[int]) -> None:
    """Let half of what lies on desks ask questions with instructions, which one worker has read."""
    asked = [
        NewQuestion(
            question_id=stage.number(),
            account_id=account_id,
            kind="number",
            options_json="{}",
            instructions=words,
            examples=(NewExample("1", "", PICTURE),),
        )
        for words in ("Look well", "Look again")
    ]
    async with stage.transaction() as tx:
        held = await hold_questions(tx, stage.now, CELL, asked)
    first, second = held.values()
    ask = "UPDATE work SET question_id = $2 WHERE cell = $1 AND state <> 0 AND site = '' AND task_id % 4 = $3"
    await stage.change(ask, first, 1)
    await stage.change(ask, second, 3)
    await stage.act(note_instructions_seen, NoteInstructionsSeen(CELL, hands[3], first))


async def _waiting(stage: Stage, rich: int, other: int, poor: int) -> None:
    for account_id in (rich, other, poor):
        await stage.submit(account_id, callback_url="https://receiver1.example/end", life_seconds=50)
    await stage.submit(rich, queue_id=2)
    await stage.submit(rich, **proven_sites.asking())
    await proven_sites.withdrawn(stage, other, "barred.example")


async def _world(stage: Stage, calls: Calls, author: int, directory: Directory) -> World:
    owned = [row for table in ("delivery", "task") for row in await stage.rows(table, "task_id, account_id")]
    owners = {row["task_id"]: row["account_id"] for row in owned}  # of a delivery about no task, by its own number
    worker_ids = [row["worker_id"] for row in await stage.rows("session", "worker_id")]
    await lay_some(stage)
    held = await stage.rows("work", "worker_id, task_id, lease", "state IN (1, 2, 4)")
    answered = await stage.rows("result", "worker_id, task_id, lease", "worker_id <> 0")
    answered += await stage.rows("answer", "worker_id, answer_id AS task_id, lease")
    slots = await stage.rows("vote_slot", "reviewer_id, task_id, n, lease", "reviewer_id <> 0")
    since = stage.now - timedelta(seconds=REPORT_SECONDS)
    fresh = [r for r in await stage.rows("result", "task_id, ended_at", "media <> ''") if r["ended_at"] > since]
    reported = {row["task_id"]: row["worker_id"] for row in await stage.rows("report", "task_id, worker_id")}
    return World(
        stage=stage,
        calls=calls,
        directory=directory,
        account_ids=[*(row["account_id"] for row in await stage.rows("account", "account_id")), UNKNOWN],
        worker_ids=[*worker_ids, UNKNOWN],
        reviewer_ids=sorted({author, UNKNOWN, *(row["reviewer_id"] for row in slots)}),
        owners=owners | {UNKNOWN: UNKNOWN},
        leases=[(r["worker_id"], LeaseId(cell=CELL, task_id=r["task_id"], number=r["lease"])) for r in held],
        old_leases=[(r["worker_id"], LeaseId(cell=CELL, task_id=r["task_id"], number=r["lease"])) for r in answered],
        slots=[(r["reviewer_id"], SlotId(cell=CELL, task_id=r["task_id"], n=r["n"], number=r["lease"])) for r in slots],
        sites=[tuple(row.values()) for row in await stage.rows("site", "account_id, domain, token")],
        deliveries=[tuple(row.values()) for row in await stage.rows("delivery", "task_id, claim")],
        waiting=len(await stage.rows("work", "task_id", "state = 0 AND queue_id = 1")),
        top_ups=[row["cause_id"] for row in await stage.rows("transfer", "cause_id", "kind = 1")],
        tokens=[tuple(row.values()) for row in await stage.rows("result", "account_id, task_id", "media = ''")],
        unreported=[row["task_id"] for row in fresh if row["task_id"] not in reported],
        reported=reported,
        judging=[row["task_id"] for row in await stage.rows("report", "task_id", "state = 0")],
        appealed=[row["task_id"] for row in await stage.rows("appeal", "task_id", "decided_at IS NULL")],
        drafts=[
            *[tuple(row.values()) for row in await stage.rows("job", "account_id, job_id", "state = 0")],
            (UNKNOWN, UNKNOWN),
        ],
        jobs=[*[tuple(row.values()) for row in await stage.rows("job", "account_id, job_id")], (UNKNOWN, UNKNOWN)],
        questions=[row["question_id"] for row in await stage.rows("question", "question_id")],
        judgements=await leases_of_judgements(stage),
    )
