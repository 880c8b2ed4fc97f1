"""Batches of what customers and the operator do, one function per action with its name (support/batch_draw.py).

New rows get their ids here, as they get them from the commands' makers in service.
"""

from typing import Any

import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.accounts.store import Terms
from manyeyes.actions.add_sites import AddSite
from manyeyes.actions.change_account_terms import ChangeAccountTerms
from manyeyes.actions.claim_deliveries import ClaimDeliveries
from manyeyes.actions.count_app_refusals import CountAppRefusal
from manyeyes.actions.forget_bucket_secrets import ForgetBucketSecrets
from manyeyes.actions.import_results import ImportResults
from manyeyes.actions.keep_buckets import KeepBucket
from manyeyes.actions.note_deliveries import NoteDelivery
from manyeyes.actions.open_accounts import OpenAccount
from manyeyes.actions.pay_out_shares import PayOutShares
from manyeyes.actions.record_recognitions import RecordRecognition
from manyeyes.actions.record_site_checks import RecordSiteCheck
from manyeyes.actions.remove_buckets import RemoveBucket
from manyeyes.actions.replay_deliveries import ReplayDeliveries
from manyeyes.actions.rotate_secrets import RotateSecret
from manyeyes.actions.top_up_accounts import TopUp
from manyeyes.actions.withdraw_sites import WithdrawSite
from manyeyes.values.refusals import Reason
from manyeyes.webhooks.rules import TryResponse
from support import proven_sites
from support.batch_draw import Draw, queue_terms
from support.batch_world import CELL, UNKNOWN, World
from support.directory_world import SOFT_ID, beginning
from support.recognition_calls import Calls, app_of, importing, recognition_of


def add_sites(draw: Draw, world: World) -> list[AddSite]:
    """Draw sites to add, of an unknown account too; most are there already."""
    known = draw.few([(account_id, domain) for account_id, domain, _ in world.sites] + [(UNKNOWN, "other.example")])

    def one() -> AddSite:
        (account_id, domain), event_id = draw.one(known), next(draw.ids)
        return AddSite(cell=CELL, event_id=event_id, account_id=account_id, domain=domain, token=f"token-{event_id}")

    return draw.batch(one)


def change_account_terms(draw: Draw, world: World) -> list[ChangeAccountTerms]:
    some = draw.few(world.account_ids)

    def one() -> ChangeAccountTerms:
        terms: dict[str, Any] = {"suspended": draw.one((None, False, True)), "max_bid_micros": draw.one((None, 0, 900))}
        terms["keep_days"] = draw.one((None, 0, 30))
        weight, account_id = 0 if draw.rarely() else draw.one((None, 2, 3)), draw.one(some)
        seen = draw.one(
            (None, Terms(account_id=account_id, weight=draw.one((1, 2)), max_bid_micros=0, suspended=False))
        )
        return ChangeAccountTerms(cell=CELL, account_id=account_id, **terms, weight=weight, seen=seen)

    return draw.batch(one)


def claim_deliveries(draw: Draw, world: World) -> list[ClaimDeliveries]:
    """Draw claims with and without room, and with and without deliveries under way."""
    flying = [(account_id, "receiver0.example:443") for account_id in world.account_ids[:2]] * 2
    return draw.batch(
        lambda: ClaimDeliveries(cell=CELL, room=draw.one((0, 1, 2, 9)), flying=tuple(draw.one(([], flying))))
    )


def count_app_refusals(draw: Draw, world: World) -> list[CountAppRefusal]:
    """Draw refusals of calls that named one of two applications."""
    reasons, apps = draw.few(tuple(Reason)), (SOFT_ID, SOFT_ID + 1)
    return draw.batch(lambda: CountAppRefusal(cell=CELL, soft_id=draw.one(apps), reason=draw.one(reasons)))


def forget_bucket_secrets(draw: Draw, world: World) -> list[ForgetBucketSecrets]:
    """Draw a command or two, of which the first finds all secrets."""
    return draw.batch(lambda: ForgetBucketSecrets(cell=CELL))


def keep_buckets(draw: Draw, world: World) -> list[KeepBucket]:
    """Draw buckets to keep, new ones and those that are there, of an account that has as many as one may have too."""
    some = draw.few([(world.account_ids[0], "pictures"), (world.account_ids[0], "new"), (world.account_ids[1], "new")])

    def one() -> KeepBucket:
        account_id, name = draw.one(some)
        terms: dict[str, Any] = {
            "endpoint": draw.one(("https://a.example", "https://b.example")),
            "region": "us-east-1",
        }
        return KeepBucket(cell=CELL, account_id=account_id, name=name, **terms, access_key="key", secret=b"sealed")

    return draw.batch(one)


def remove_buckets(draw: Draw, world: World) -> list[RemoveBucket]:
    """Draw buckets to remove, those that are not there too."""
    some = draw.few([(world.account_ids[0], "pictures"), (world.account_ids[1], "full-1"), (UNKNOWN, "pictures")])
    return draw.batch(lambda: RemoveBucket(CELL, *draw.one(some)))


def import_results(draw: Draw, world: World) -> list[ImportResults]:
    """Draw files of one or two lines; the same file may come twice, of one recognition or of two."""
    of = [recognition_of(world.calls.app, number) for number in (1, 2)]
    lines = ("2022-12-05,1,false,0.95,a", "2022-12-05,1,true,0.2,b")

    def one() -> ImportResults:
        ids = {"call_id": next(draw.ids), "first_result_id": next(draw.ids) * 10}
        return importing(world.stage, draw.one(of), draw.few(lines), **ids)

    return draw.batch(one, repeated=False)


def note_deliveries(draw: Draw, world: World) -> list[NoteDelivery]:
    """Draw tries; after one that is to be tried again nothing more comes of that delivery: a claim is noted once."""
    some = draw.few([*world.deliveries, (UNKNOWN, 1)])
    answers = (
        TryResponse(status=200),
        TryResponse(status=410),
        TryResponse(status=503, retry_after="9"),
        TryResponse(fault="away"),
    )

    def one() -> NoteDelivery:
        task_id, claim = draw.one(some)
        claim, answer = claim + draw.rarely(), draw.one(answers)
        return NoteDelivery(cell=CELL, task_id=task_id, claim=claim, answer=answer, milliseconds=7, chance=0.5)

    claims, noted, commands = dict(world.deliveries), set[int](), list[NoteDelivery]()
    for command in draw.batch(one, repeated=False):
        if command.task_id not in noted:
            commands.append(command)
            if claims.get(command.task_id) == command.claim and command.answer.status not in (200, 410):
                noted.add(command.task_id)
    return commands


def open_accounts(draw: Draw, world: World) -> list[OpenAccount]:
    """Draw free ids, one of them more than once, and some that are open; most with what their accounts begin with."""
    known, new, opened = draw.few(world.account_ids), next(draw.ids), world.directory.opened

    def one() -> OpenAccount:
        account_id = draw.one(known) if draw.rarely() else draw.one((new, next(draw.ids)))
        given = draw.one((None, beginning(account_id, 0), beginning(account_id, 700)))
        given = opened.beginning if draw.rarely() else given
        return OpenAccount(cell=CELL, account_id=account_id, name=draw.one(("Ada", "Grace")), beginning=given)

    return draw.batch(one)


def pay_out_shares(draw: Draw, world: World) -> list[PayOutShares]:
    """Draw pay-outs of two apps; what the other cells owe an app and whose it is are the same in all commands."""
    owners = {SOFT_ID: draw.one(world.account_ids), SOFT_ID + 1: draw.one(world.account_ids)}
    elsewhere = {soft_id: draw.one((0, 70)) for soft_id in owners}

    def one() -> PayOutShares:
        soft_id, pay_out_id = draw.one(sorted(owners)), next(draw.ids)
        at: dict[str, Any] = {"soft_id": soft_id, "account_id": owners[soft_id], "elsewhere_micros": elsewhere[soft_id]}
        return PayOutShares(cell=CELL, pay_out_id=pay_out_id, **at)

    return draw.batch(one)


def record_recognitions(draw: Draw, world: World) -> list[RecordRecognition]:
    """Draw calls; some can be told from others, and came before with the same body or with another one."""
    terms, accounts = queue_terms(draw, world), draw.few(world.account_ids)

    def one() -> RecordRecognition:
        app = app_of(draw.one(accounts), cell=CELL)
        calls = Calls(world.stage, app, recognition_of(app, price_micros=draw.one((0, 500))))
        results = [
            calls.found(label, rate, ask=draw.one((False, None)), result_id=next(draw.ids))
            for label, rate in draw.few([(1, 0.95), (2, 0.5), (-1, 0.0)])
        ]
        results = [msgspec.structs.replace(r, task_id=r.task_id and next(draw.ids)) for r in results]
        said = {"nonce": draw.one(("", "a", "b")), "body": draw.one(("a", "b"))}
        return calls.call(*results, call_id=next(draw.ids), queues=terms, answer="{}", **said)

    return draw.batch(one, repeated=False)


def record_site_checks(draw: Draw, world: World) -> list[RecordSiteCheck]:
    """Draw what checks of sites found, some with a token that is no longer the site's."""
    some = draw.few([*world.sites, (UNKNOWN, "other.example", "token")])
    findings = (proven_sites.DNS, proven_sites.WEB, proven_sites.GONE, proven_sites.SILENT)

    def one() -> RecordSiteCheck:
        account_id, domain, token = draw.one(some)
        site: dict[str, Any] = {"account_id": account_id, "domain": domain, "token": "old" if draw.rarely() else token}
        return RecordSiteCheck(cell=CELL, event_id=next(draw.ids), **site, finding=draw.one(findings), jitter=0.5)

    return draw.batch(one)


def replay_deliveries(draw: Draw, world: World) -> list[ReplayDeliveries]:
    """Draw single deliveries or all that were given up, each once and in the order in which a batch does them."""
    some = draw.few([task_id for task_id, _ in world.deliveries])

    def one() -> ReplayDeliveries:
        task_id = draw.one((None, *some))
        owner = draw.one(world.account_ids) if draw.rarely() else world.owners[some[0]]
        key = draw.one((None, CallKey(b"k" * 32, bytes([task_id % 250]) * 32))) if task_id else None
        return ReplayDeliveries(CELL, owner, task_id, after=draw.one((0, some[0])), key=key)

    by_key = {(c.task_id or 0, c.account_id, c.after): c for c in draw.batch(one)}
    return [by_key[key] for key in sorted(by_key)]


def rotate_secrets(draw: Draw, world: World) -> list[RotateSecret]:
    """Draw the generation that there is, those around it, and those of an account that never had a new one."""
    some, near = draw.few((world.directory.soft_app.account_id, world.account_ids[0], UNKNOWN)), (0, 1, 2)
    return draw.batch(lambda: RotateSecret(cell=CELL, account_id=draw.one(some), generation=draw.one(near)))


def top_up_accounts(draw: Draw, world: World) -> list[TopUp]:
    """Draw top-ups; one that is sent twice, now or long ago, is the same in all."""
    some, known = draw.few(world.account_ids), draw.one(world.top_ups)

    def one() -> TopUp:
        top_up_id = known if draw.rarely() else next(draw.ids)
        return TopUp(cell=CELL, top_up_id=top_up_id, account_id=draw.one(some), amount_micros=draw.one((1, 700)))

    return draw.batch(one)


def withdraw_sites(draw: Draw, world: World) -> list[WithdrawSite]:
    """Draw withdrawals of sites, known and unknown ones."""
    known = draw.few([(account_id, domain) for account_id, domain, _ in world.sites] + [(UNKNOWN, "other.example")])

    def one() -> WithdrawSite:
        account_id, domain = draw.one(known)
        return WithdrawSite(cell=CELL, event_id=next(draw.ids), account_id=account_id, domain=domain)

    return draw.batch(one)
