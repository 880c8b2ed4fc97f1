"""Every action that changes something for a person or a key leaves an entry in the audit trail, or says why not."""

import ast
import importlib
import inspect
from collections.abc import Iterator

import msgspec

from manyeyes.staff.rules import SUPPORTS, may
from manyeyes.values.actor import AUDITOR, OPERATOR, STAFF, SUPPORT, Actor
from manyeyes.values.deeds import Deed
from support import repository
from support.findings import fail_on

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
ACTIONS = repository.SOURCE / "actions"
BY_ITSELF = "what the house does by itself, from what others did"
TASKS, JOBS = (
    "tasks and what became of them have rows of their own",
    "a job's draft and items bind nobody until it starts",
)
WORK = "what people do at work has rows of its own: presences, leases, results, votes, the ledger"
# Whoever leaves no entry, and what its own record is.
OWN_RECORD = {
    "add_items": JOBS,
    "answer_tasks": WORK,
    "appeal_bars": "an appeal is a row with its words and its instant",
    "attach_workers": WORK,
    "beat_nodes": BY_ITSELF,
    "begin_practice": WORK,
    "cancel_tasks": TASKS,
    "cast_votes": WORK,
    "check_books": "it changes nothing",
    "choose_keys": "the keys are a text in the worker's own row",
    "choose_work": WORK,
    "claim_deliveries": BY_ITSELF,
    "claim_jobs": BY_ITSELF,
    "close_overdue_judgements": BY_ITSELF,
    "correct_votes": WORK,
    "count_app_refusals": "it counts, by the day",
    "count_evidence": BY_ITSELF,
    "count_looks": "what people were shown of marks is counted in their own row",
    "decide_judgements": WORK,
    "dismiss_announcements": "that somebody read it is a row, for as long as it is announced",
    "drop_tasks": "which month's tasks are dropped is told before (month.drop)",
    "drop_uploads": JOBS,
    "end_barred_tasks": BY_ITSELF,
    "end_overdue_tasks": BY_ITSELF,
    "feed_jobs": BY_ITSELF,
    "file_appeals": "an appeal is a row with its words and its instant",
    "file_complaints": "a complaint is a row, a refused one too",
    "forget_credentials": BY_ITSELF,
    "forget_refused_reports": BY_ITSELF,
    "forget_samples": BY_ITSELF,
    "forget_standings": BY_ITSELF,
    "forget_tasks": BY_ITSELF,
    "give_queues": WORK,
    "go_online": WORK,
    "hand_out": BY_ITSELF,
    "hush_workers": WORK,
    "lay_aside": WORK,
    "lay_gold": BY_ITSELF,
    "lay_judgements_ahead": WORK,
    "lay_slots_ahead": WORK,
    "learn_skills": BY_ITSELF,
    "leave": WORK,
    "mark_works": "the queue's change is told; this carries its marks to what lies on desks",
    "measure_depths": BY_ITSELF,
    "sample_queues": BY_ITSELF,
    "note_deliveries": BY_ITSELF,
    "note_instructions_seen": WORK,
    "note_key_uses": "that a key was used, in minutes, in the key's own row",
    "note_sessions": "that somebody who is signed in was there: an hour's and an address, in the session's own row",
    "open_gates": "a part of queue.add",
    "open_jobs": JOBS,
    "record_recognitions": TASKS,
    "record_site_checks": "each is a row of `site_event`",
    "renew_judgements": WORK,
    "renew_leases": WORK,
    "renew_slots": WORK,
    "replace_answers": BY_ITSELF,
    "replay_deliveries": "each try of a delivery is a row of `delivery_try`",
    "report_tokens": "a report is a row",
    "retire_dead_nodes": BY_ITSELF,
    "return_lapsed_judgements": BY_ITSELF,
    "return_lapsed_leases": BY_ITSELF,
    "return_lapsed_slots": BY_ITSELF,
    "revise_drafts": JOBS,
    "seal_months": "a seal is a row of its own, signed",
    "send_on_breaks": BY_ITSELF,
    "settle_aside": WORK,
    "settle_decisions": BY_ITSELF,
    "settle_jobs": BY_ITSELF,
    "settle_overdue_reports": BY_ITSELF,
    "settle_votes": BY_ITSELF,
    "show_desks": WORK,
    "show_widgets": WORK,
    "sign_heads": "a head is a row of its own, signed",
    "skip_judgements": WORK,
    "skip_slots": WORK,
    "skip_tasks": WORK,
    "submit_tasks": TASKS,
    "sweep_calls": BY_ITSELF,
    "sweep_deliveries": BY_ITSELF,
    "take_back": WORK,
    "take_back_decisions": WORK,
    "take_back_votes": WORK,
    "take_due_sites": BY_ITSELF,
    "take_judgements": WORK,
    "take_queues": "a part of worker.set",
    "take_slots": WORK,
    "tell_low_balances": BY_ITSELF,
    "tell_stuck_jobs": BY_ITSELF,
    "use_passkeys": "that somebody signed in by it is told by session.begin; when, in the passkey's own row",
    "vest_pay": BY_ITSELF,
    "watch_reporters": BY_ITSELF,
}
NAMES = sorted(path.stem for path in ACTIONS.glob("[a-z]*.py"))
RECORDING = {name for name in NAMES if "await trail.record(" in (ACTIONS / f"{name}.py").read_text("utf-8")}


def commands_with_actors() -> dict[str, str]:
    """Return the action of each command that carries an actor, by the command's name."""
    found: dict[str, str] = {}
    for name in RECORDING:
        module = importlib.import_module(f"manyeyes.actions.{name}")
        for kind, made in inspect.getmembers(module, inspect.isclass):
            is_command = issubclass(made, msgspec.Struct) and made.__module__ == module.__name__
            if is_command and "actor" in getattr(made, "__struct_fields__", ()):
                found[kind] = name
    return found


COMMANDS = commands_with_actors()


def test_an_action_is_in_the_trail_or_has_a_record_of_its_own():
    silent = [name for name in NAMES if name not in RECORDING and name not in OWN_RECORD]
    fail_on(silent, "let these record what they change (docs/decisions/0076), or name their own record in OWN_RECORD")
    fail_on([name for name in OWN_RECORD if name not in NAMES or name in RECORDING], "take these off OWN_RECORD")


def test_what_records_knows_whose_change_it_is_and_says_it_last():
    fail_on(sorted(RECORDING - set(COMMANDS.values())), "give the commands of these a field `actor: Actor = BY_ITSELF`")
    early = []
    for name in RECORDING:
        tree = ast.parse((ACTIONS / f"{name}.py").read_text("utf-8"))
        (action,) = (n for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef) and n.name == name)
        awaited = awaited_calls(action)
        if awaited[-1] != "trail.record" or awaited.count("trail.record") != 1:
            early.append(name)
    fail_on(sorted(early), "say `await trail.record(…)` once, behind all else: the chain is locked last")


def awaited_calls(tree: ast.AST) -> list[str]:
    """Return what a function waits for, in the order in which it stands there."""
    waits = [node for node in ast.walk(tree) if isinstance(node, ast.Await)]
    in_order = sorted(waits, key=lambda node: (node.lineno, node.col_offset))
    return [ast.unparse(node.value.func) for node in in_order if isinstance(node.value, ast.Call)]


def test_whoever_asks_for_a_change_says_who_wants_it():
    """Commands that carry an actor, and the functions of roles that hand one on."""
    places = {kind: list(actor_places(kind)) for kind in COMMANDS}
    places |= {function.name: [place] for function, place in functions_with_actors() if function.name not in MAY_READ}
    silent = []
    for path in sorted(repository.SOURCE.rglob("*.py")):
        if path.is_relative_to(ACTIONS):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in places and not says_who(node, places[name]):
                silent.append(f"{repository.name(path)}:{node.lineno}: {name}")
    fail_on(silent, "give these `actor=`: `roles/acting.py` makes it of a request, `cli/acting.py` of whoever types")


MAY_READ = {"secret_of"}  # it changes nothing unless it rotates


def actor_places(kind: str) -> Iterator[int]:
    """Yield the place of a command's actor among its fields."""
    made = getattr(importlib.import_module(f"manyeyes.actions.{COMMANDS[kind]}"), kind)
    yield made.__struct_fields__.index("actor")


def functions_with_actors() -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Yield the functions of roles, not the methods, that take an actor, each with its place among the arguments."""
    for path in sorted((repository.SOURCE / "roles").rglob("*.py")):
        functions = [node for node in repository.tree(path).body if isinstance(node, FUNCTION)]
        for function in functions:
            names = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
            if "actor" in names:
                yield function, names.index("actor")


def says_who(call: ast.Call, places: list[int]) -> bool:
    given = {keyword.arg for keyword in call.keywords}
    return bool(given & {"actor", None}) or any(len(call.args) > place for place in places)


def test_each_deed_is_said_by_an_action_and_is_in_the_reference():
    said = "\n".join((ACTIONS / f"{name}.py").read_text("utf-8") for name in RECORDING)
    fail_on(
        [deed.value for deed in Deed if f"Deed.{deed.name}" not in said], "no action does these; take them off Deed"
    )
    page = (repository.ROOT / "docs" / "reference" / "audit.md").read_text("utf-8")
    fail_on([deed.value for deed in Deed if f"`{deed.value}`" not in page], "add these to docs/reference/audit.md")


def test_an_actor_is_nobodys_default_but_the_installations():
    modules = {kind: importlib.import_module(f"manyeyes.actions.{name}") for kind, name in COMMANDS.items()}
    for kind, module in modules.items():
        made = getattr(module, kind)
        default = made.__struct_defaults__[-1]
        assert isinstance(default, Actor), kind
        assert default.role == "installation", kind


def test_roles_are_a_ladder():
    """An auditor does nothing, an operator everything, support all but what is about money and the staff."""
    assert {role: sum(may(role, deed) for deed in Deed) for role in STAFF} == {
        OPERATOR: len(Deed),
        SUPPORT: len(SUPPORTS),
        AUDITOR: 0,
    }
    assert not SUPPORTS & {Deed.BALANCE_TOP_UP, Deed.SHARE_PAY_OUT, Deed.QUEUE_SET, Deed.STAFF_ADD, Deed.STAFF_LINK}
    assert [may(role, None) for role in STAFF] == [True, False, False]
    assert may("worker", Deed.QUEUE_SET) is may("", Deed.QUEUE_SET) is False
