"""Look-ups at every point of their life: keys, secrets, networks, apps, people; for batches of any action to meet.

They lie in the same transaction as the cell's day (support/batch_world.py).
"""

from datetime import timedelta
from typing import NamedTuple

from manyeyes.accounts.roles import PersonRole
from manyeyes.accounts.store import KeyOwner
from manyeyes.accounts.top_ups import TopUpState
from manyeyes.actions.add_announcements import AddAnnouncement, add_announcements
from manyeyes.actions.add_apps import AddApp, add_apps
from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.add_notice_addresses import AddNoticeAddress, add_notice_addresses
from manyeyes.actions.add_passkeys import AddPasskey, add_passkeys
from manyeyes.actions.add_recognitions import AddRecognition, add_recognitions
from manyeyes.actions.add_staff import AddStaff, add_staff
from manyeyes.actions.ask_for_links import AskForLink, ask_for_links
from manyeyes.actions.ask_top_ups import AskTopUp, ask_top_ups
from manyeyes.actions.block_networks import BlockNetwork, block_networks
from manyeyes.actions.connect_identities import ConnectIdentity, connect_identities
from manyeyes.actions.decide_top_ups import DecideTopUp, decide_top_ups
from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.dismiss_announcements import DismissAnnouncement, dismiss_announcements
from manyeyes.actions.invite_colleagues import InviteColleague, invite_colleagues
from manyeyes.actions.issue_keys import IssueKey, issue_keys
from manyeyes.actions.open_accounts import Beginning, OpenAccount, open_accounts
from manyeyes.actions.register_soft_apps import RegisterSoftApp, register_soft_apps
from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.actions.revoke_keys import RevokeKey, revoke_keys
from manyeyes.actions.rotate_secrets import RotateSecret, rotate_secrets
from manyeyes.actions.sign_heads import SignHeads, sign_heads
from manyeyes.actions.use_links import UseLink, use_links
from manyeyes.apps.rules import App
from manyeyes.db.migrate import SQL
from manyeyes.recognitions.rules import Recognition
from manyeyes.soft_apps.store import SoftApp
from manyeyes.staff.store import StaffMember
from manyeyes.workers.announcements.rules import MOST_OPEN
from manyeyes.workers.identities.store import Identity
from manyeyes.workers.link_requests.rules import MOST_OPEN as MOST_ASKED
from manyeyes.workers.store import Subject, Worker
from support.action_stage import Stage
from support.passkey_rows import challenge, new_passkey
from support.recognition_calls import app_of, recognition_of

NOTICE_IDS = (1, 2)  # of addresses that nobody confirmed
HOUR, DAYS_AGO = 3_600.0, -200_000.0  # seconds that a secret lasts; the other one is over since more than a day
VALID_KEY, REVOKED_KEY = b"valid key", b"revoked key"
LINK, SPENT_LINK, OLD_LINK = b"link", b"spent link", b"old link"
SESSION, KEYS_SESSION, OLD_SESSION = b"session", b"session through a key", b"old session"
OPERATOR = Subject("operator", 0, 0)
SOFT_ID = 847
HOLDERS = (OPERATOR, Subject("worker", 987_654, 0))
COMPANY = "https://id.example.org"
CONNECTED = Identity(COMPANY, "connected", "Ben")  # of the first of them
PASSKEYS = (b"phone", b"tablet")  # one of each
COLLEAGUES = {701: PersonRole.OWNER, 702: PersonRole.MEMBER}  # of the account that is opened here
TOLD = tuple(range(1, MOST_OPEN - 1))  # announcements; with the next one there is room for one more
SOON_OVER = 99
ASKED = tuple(range(1, MOST_ASKED - 1))  # requests for links: two more are taken
STAFF = (StaffMember(1, "Eve", "auditor"), StaffMember(2, "Bob", "support"))
STAFFS_LINK, STAFFS_SESSION = b"Bob's link", b"Bob's session"


class Directory(NamedTuple):
    """What commands are drawn from; all of it is known."""

    opened: OpenAccount  # with all that it began with
    keys: list[IssueKey]
    credentials: list[AddCredential]
    networks: list[str]
    apps: list[App]
    recognitions: list[Recognition]
    soft_app: SoftApp
    workers: list[RegisterWorker]
    requests: list[AskTopUp]  # the last one is declined


def staffs_secret(kind: str, secret_hash: bytes) -> AddCredential:
    """Return the command that signs the last of the staff in."""
    whom = Subject("operator", STAFF[-1].staff_id, 0)
    return AddCredential(secret_hash=secret_hash, kind=kind, subject=whom, seconds=HOUR)


def beginning(n: int, amount_micros: int) -> Beginning:
    """Return what the ``n``-th new account gets, with hashes and a top-up of its own."""
    key, link = b"key %d" % n, b"link %d" % n
    return Beginning(
        key_hash=key, link_hash=link, networks=("203.0.113.0/24",), top_up_id=n, amount_micros=amount_micros
    )


def registering(worker_id: int, name: str = "Ann") -> RegisterWorker:
    worker = Worker(worker_id=worker_id, name=name, languages=("en",), queues=(1,), reviewer=False)
    return RegisterWorker(worker=worker, token_hash=b"token %d" % worker_id)


async def make_directory(stage: Stage, account_id: int) -> Directory:
    """Fill the look-ups; an account that is open owns them."""
    app, other = (app_of(account_id, secret_id=f"{n:024x}", cell=stage.cell) for n in (1, 2))
    found = Directory(
        opened=OpenAccount(
            cell=stage.cell, account_id=stage.number(), name="Ada", beginning=beginning(stage.number(), 700)
        ),
        keys=[
            IssueKey(key_hash=key, owner=KeyOwner(stage.cell, account_id, ("192.0.2.0/24",)))
            for key in (VALID_KEY, REVOKED_KEY)
        ],
        credentials=_credentials(Subject("customer", account_id, stage.cell)),
        networks=["198.51.100.0/24", "2001:db8::/32"],
        apps=[app, other],
        recognitions=[recognition_of(app), recognition_of(other, 2)],
        soft_app=SoftApp(SOFT_ID, "Reader", stage.cell, account_id),
        workers=[registering(stage.number()) for _ in range(3)],
        requests=[_asking(stage, account_id, micros) for micros in (500, 900, 1_300)],
    )
    await _save(stage, found)
    await stage.act(add_notice_addresses, *(_noticing(stage, account_id, number) for number in NOTICE_IDS))
    await stage.act(ask_top_ups, *found.requests)
    await stage.act(decide_top_ups, DecideTopUp(stage.cell, found.requests[2].request_id, TopUpState.DECLINED))
    await stage.act(invite_colleagues, *(_inviting(found.opened, number, role) for number, role in COLLEAGUES.items()))
    await stage.act(rotate_secrets, RotateSecret(cell=stage.cell, account_id=account_id, generation=0))
    await stage.act(use_links, UseLink(secret_hash=SPENT_LINK))
    await stage.act(revoke_keys, RevokeKey(key_hash=REVOKED_KEY))
    await stage.act(disable_workers, DisableWorker(worker_id=found.workers[0].worker.worker_id))
    return found


def _noticing(stage: Stage, account_id: int, number: int) -> AddNoticeAddress:
    return AddNoticeAddress(
        cell=stage.cell,
        account_id=account_id,
        address_id=number,
        address=f"a{number}@shop.example",
        notices=("balance.low",),
        language="en",
    )


def _asking(stage: Stage, account_id: int, micros: int) -> AskTopUp:
    return AskTopUp(cell=stage.cell, request_id=stage.number(), account_id=account_id, amount_micros=micros)


def _inviting(opened: OpenAccount, person_id: int, role: PersonRole) -> InviteColleague:
    subject = Subject("customer", opened.account_id, opened.cell, person_id)
    return InviteColleague(subject=subject, name="Bo", role=role, link_hash=b"link of %d" % person_id)


def _credentials(customer: Subject) -> list[AddCredential]:
    links = [(LINK, customer, HOUR), (SPENT_LINK, customer, HOUR), (OLD_LINK, customer, DAYS_AGO)]
    links.append((b"operator's old link", OPERATOR, DAYS_AGO))
    sessions = [(SESSION, OPERATOR, HOUR, None), (KEYS_SESSION, customer, HOUR, VALID_KEY)]
    sessions.append((OLD_SESSION, customer, DAYS_AGO, None))
    return [
        *(AddCredential(secret_hash=h, kind="link", subject=whom, seconds=seconds) for h, whom, seconds in links),
        *(
            AddCredential(secret_hash=h, kind="session", subject=whom, seconds=seconds, through=key)
            for h, whom, seconds, key in sessions
        ),
    ]


def asking(number: int, name: str, address: str) -> AskForLink:
    """Return a request for a link."""
    return AskForLink(request_id=number, name=name, reach="0123", address=address)


async def _save(stage: Stage, directory: Directory) -> None:
    async with stage.transaction() as tx:
        await tx.execute(SQL.keep_secret, "pictures", b"sealed", b"by whom")
    await stage.act(open_accounts, directory.opened)
    await stage.act(issue_keys, *directory.keys)
    await stage.act(add_credentials, *directory.credentials)
    made = zip(HOLDERS, PASSKEYS, strict=True)
    passkeys = [AddPasskey(whom, new_passkey(name, sign_count=3), challenge(name)) for whom, name in made]
    await stage.act(add_passkeys, *passkeys)
    await stage.act(connect_identities, ConnectIdentity(HOLDERS[0], CONNECTED))
    await stage.act(block_networks, *(BlockNetwork(network=network) for network in directory.networks))
    await stage.act(add_apps, *(AddApp(app=app) for app in directory.apps))
    await stage.act(add_recognitions, *(AddRecognition(recognition=each) for each in directory.recognitions))
    await stage.act(register_soft_apps, RegisterSoftApp(soft_app=directory.soft_app))
    await stage.act(register_workers, *directory.workers)
    told = [AddAnnouncement(announcement_id=n, words="Hello") for n in TOLD]
    await stage.act(
        add_announcements,
        *told,
        AddAnnouncement(announcement_id=SOON_OVER, words="Hi", until=stage.now + timedelta(seconds=30)),
    )
    await stage.act(dismiss_announcements, *(DismissAnnouncement(n, stage.cell) for n in (TOLD[0], SOON_OVER)))
    await stage.act(ask_for_links, *(asking(n, f"Ann {n}", f"192.0.2.{n % 40}") for n in ASKED))
    await stage.act(add_staff, *(AddStaff(member) for member in STAFF))
    await stage.act(add_credentials, staffs_secret("link", STAFFS_LINK), staffs_secret("session", STAFFS_SESSION))
    await stage.act(sign_heads, SignHeads(stage.cell, bytes(32)))
