"""Start everything, print where to look, keep sending, end cleanly. `python -m demo --help` lists the options."""

import argparse
import os
import signal
import sys
import time
from collections import ChainMap
from pathlib import Path

import requests
from python_anticaptcha import AnticaptchaException

from demo import household
from demo.crowd import READS, Person, Worker
from demo.customer import LATER, Customer, Outcome, Verdict
from demo.household import Household
from demo.jobs import Office, ways_in
from demo.market import Market
from demo.reviewers import Reviewer
from demo.server import Server, ServerFailedError
from demo.three import CarelessWorker, ThreePeople
from manyeyes_client import ManyeyesError

CROWD_EVERY_SECONDS = 2.0  # one picture that the crowd can read; street signs follow as they are answered
LOOK_EVERY_SECONDS = 0.5
FOR_YOU = ("sign",)
LEAST_BALANCE = 0.50  # USD; below it the account is topped up at the start
STEP_EVERY_SECONDS = 3  # how often a long step says that it is still at it


class Ending:
    """Set by SIGINT, SIGTERM and SIGHUP. A plain flag: an Event's lock could be held when the handler runs."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, *_: object) -> None:
        self.asked = True

    def __call__(self) -> bool:
        return self.asked


def say(text: str) -> None:
    """Print a line now."""
    print(text, flush=True)


def say_below(text: str) -> None:
    """Print a line below what it belongs to."""
    say(f"  {text}")


class Demo:
    """One run of the demo on one data directory."""

    def __init__(self, data: Path, ending: Ending) -> None:
        self.ending = ending
        self.server = Server(data / "server", data / "server.log")
        self.notes = data / "demo.json"
        self.crowd: list[Worker] = []
        self.reviewers: list[Person] = []
        self._said_at = 0.0

    def run(self, port: int) -> None:
        """Start, show, send until the end is asked for. Raises ServerFailedError."""
        try:
            say(f"manyeyes demo, data in {self.notes.parent}\n  starting the server")
            self.server.start(port, self._still_starting)
            if not self.ending():
                self._work(self._people())
        except requests.RequestException:
            self.server.check()  # if it has ended, its last words explain more than a refused connection
            raise
        finally:
            self._end()

    def _still_starting(self, seconds: float) -> bool:
        if seconds - self._said_at >= STEP_EVERY_SECONDS:
            self._said_at = seconds
            say(f"  still starting after {seconds:.0f} s{'' if self.notes.exists() else ', making a database'}")
        return not self.ending()

    def _people(self) -> Household:
        """Return the people of the last start, or create them."""
        people = household.load(self.notes)
        if people:
            say(f"  going on with account {people.account_id} from the last start")
            return people
        people = household.create(self.server.data, lambda step: say(f"  {step}"))
        household.save(self.notes, people)
        return people

    def _work(self, people: Household) -> None:
        customer = Customer(f"127.0.0.1:{self.server.port}", people)
        if customer.client.get_balance() < LEAST_BALANCE:
            household.top_up(self.server.data, people.account_id)
        office = Office(self.server.address, people, self.notes.parent / "meters", self.ending, say_below)
        office.open()
        three = ThreePeople(self.server.address, self.server.data, people, self.ending, say_below)
        three.open()
        household.save(self.notes, people)
        self._show_addresses(people, office, three)
        self._show_last_run(customer.collect())
        given = (ChainMap(customer.known, office.known, three.known), self.ending, say_below)
        self.crowd = [Worker(self.server.address, person, *given) for person in people.crowd]
        self.crowd += [Worker(self.server.address, person, *given) for person in people.trio[:-1]]
        self.crowd += [CarelessWorker(self.server.address, person, *given) for person in people.trio[-1:]]
        self.reviewers = [Reviewer(self.server.address, person, *given) for person in people.reviewers]
        market = Market(self.server.address, people, customer.known, self.ending, say_below)
        for person in (*self.crowd, *self.reviewers, market, office, three):
            person.start()
        next_for_crowd = 0.0
        while not self.ending():
            self.server.check()
            is_due = time.monotonic() >= next_for_crowd
            if is_due:
                next_for_crowd = time.monotonic() + CROWD_EVERY_SECONDS
            try:
                self._look_and_send(customer, [FOR_YOU, READS] if is_due else [FOR_YOU])
            except requests.RequestException as error:  # if the server is gone for good, check() says so
                say(f"  {error}")
            time.sleep(LOOK_EVERY_SECONDS)

    def _look_and_send(self, customer: Customer, groups: list[tuple[str, ...]]) -> None:
        """Show what came back, send one picture of each group of kinds that is wanted; note it for the next start."""
        market = customer.household.market
        before = [*customer.household.sent, *market.asked]
        self._show(customer.collect())
        for verdict in customer.verdicts():
            say("  " + verdict_line(verdict))
        for kinds in groups:
            if kind := customer.wanted(kinds):
                self._send(customer, kind)
        if [*customer.household.sent, *market.asked] != before:
            household.save(self.notes, customer.household)

    def _send(self, customer: Customer, kind: str) -> None:
        """Send one picture; an empty account is topped up instead."""
        try:
            customer.send(kind)
        except AnticaptchaException as error:
            if error.error_code == "ERROR_ZERO_BALANCE":
                say("  the balance is used up; topping up")
                household.top_up(self.server.data, customer.household.account_id)
            elif error.error_code != LATER:
                raise

    def _show_addresses(self, people: Household, office: Office, three: ThreePeople) -> None:
        """Print the addresses.

        The customer gets another host name than the worker: a browser keeps one session per host, so both can stay
        signed in side by side.
        """
        customer_host = f"http://localhost:{self.server.port}"
        worker_path = household.worker_link(self.server.data, people.person_id)
        customer_path = household.customer_link(self.server.data, people.account_id)
        operator_path = household.operator_link(self.server.data)
        say(
            f"\n  Answer pictures yourself:  {self.server.address}{worker_path}"
            f"\n  Judge complaints yourself: {self.server.address}/reviewer   (signed in by the same link)"
            f"\n  The customer's page:       {customer_host}{customer_path}"
            f"\n  Their job, running:        {customer_host}/customer/jobs/{office.job_id}   (after that page)"
            f"\n  Three people per picture:  {customer_host}/customer/jobs/{three.job_id}/agreement   (one differs)"
            f"\n  What a month moved:        {customer_host}/customer/statement"
            f"\n  Their market place:        {customer_host}/customer/recognitions   (a model first, then people)"
            f"\n  The operator's page:       {customer_host}{operator_path}   (takes the customer's place)"
            f"\n  The careless one, found:   {customer_host}/operator/people/{household.FLOORED}   (after that page)"
            "\n\n  The links sign you in once (two host names, so that one browser stays signed in as both)."
            "\n  The crowd reads receipts and meters; street signs are left to you. About a wrong answer the customer"
            "\n  complains, and reviewers decide whether they get their money back."
            "\n  A receipt is left to you as well, of which three things are asked at once."
            f"\n{ways_in(self.server.address, people.client_key, office.folder)}"
            "\n  Ctrl-C ends everything; the next start goes on with the same data.\n"
        )

    def _show(self, outcomes: list[Outcome]) -> None:
        """Print a line for each outcome; what nobody of the crowd answered, you did."""
        for outcome in outcomes:
            by_crowd = any(outcome.sent.digest in worker.answered for worker in self.crowd)
            say("  " + line(outcome, "crowd" if by_crowd else "you"))

    def _show_last_run(self, outcomes: list[Outcome]) -> None:
        """Print what became of the last run's pictures; who answered them is not known any more."""
        for outcome in outcomes:
            if not outcome.error_code:
                say("  " + line(outcome, "last run"))
        if ended := sum(1 for outcome in outcomes if outcome.error_code):
            say(f"  {ended} picture{'' if ended == 1 else 's'} of the last run ended meanwhile, not charged")

    def _end(self) -> None:
        """End the crowd, then the server."""
        self.ending.asked = True
        try:
            say("\n  ending")
            for person in (*self.crowd, *self.reviewers):
                person.join(timeout=5)
        finally:  # also when nobody reads what is said any more
            self.server.stop()
        say("  everything has ended")


def line(outcome: Outcome, who: str) -> str:
    """Return one line about a picture that came back."""
    clock = time.strftime("%H:%M:%S")
    if outcome.error_code:
        return f"{clock}  {outcome.sent.kind:8} {outcome.error_code} (not answered in time)"
    verdict = (
        "right" if outcome.right else f"wrong, it says {outcome.sent.text}{'; complained' if outcome.disputed else ''}"
    )
    return f"{clock}  {outcome.sent.kind:8} {outcome.text:28} {who:8} {outcome.seconds:3} s  ${outcome.cost}  {verdict}"


def verdict_line(verdict: Verdict) -> str:
    """Return one line about a complaint that was decided."""
    end = f"confirmed, ${verdict.refunded:.6f} given back" if verdict.refunded else verdict.state
    return f"{time.strftime('%H:%M:%S')}  {verdict.sent.kind:8} the complaint about {verdict.sent.text!r}: {end}"


def data_home() -> Path:
    """Return where the demo keeps its data unless told otherwise."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "manyeyes-demo"


def main() -> int:
    """Run the demo; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="manyeyes with a simulated crowd, and you")
    parser.add_argument("--data", type=Path, default=data_home(), help="where everything is kept (%(default)s)")
    parser.add_argument("--port", type=int, default=8080, help="first port to try (%(default)s)")
    options = parser.parse_args()
    try:
        Demo(options.data.absolute(), Ending()).run(options.port)
    except (ServerFailedError, AnticaptchaException, ManyeyesError, requests.RequestException) as error:
        print(f"  {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
