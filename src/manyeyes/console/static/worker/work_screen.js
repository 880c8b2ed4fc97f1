// The worker screen: puts the held tasks, the picture, the question and the calls to the server together.

import { readAs } from "../shared/key_names.js";
import * as instructions from "../shared/instructions.js";
import { HeldTasks, isOneTask } from "./held_tasks.js";
import * as labelButtons from "./label_buttons.js";
import * as moreTime from "../shared/more_time.js";
import { hush, settle, tell } from "../shared/notice.js";
import * as outbox from "./outbox.js";
import * as screen from "./screen_mode.js";
import * as tally from "./tally.js";
import * as answerBox from "./answer_box.js";
import * as steps from "./answer_steps.js";
import * as skipMenu from "./skip_menu.js";
import * as pictureView from "../shared/picture_view.js";
import * as breakWords from "./break_words.js";
import { explain, lookAgain, tellLost } from "./lost_queues.js";
import * as widget from "./widget.js";
import * as undo from "../shared/undo.js";
import { Stream, inTurn, insist } from "../shared/server_calls.js";
import { listenToKeys } from "./work_keys.js";
import { page, say } from "../shared/page_words.js";

const element = (id) => document.getElementById(id);
const GONE = ["lease_lost", "already_answered", "already_passed_on", "site_withdrawn"];
const main = element("main");
const title = document.title;
const held = new HeldTasks();

let shown = null;

const stream = new Stream({
  tasks: (onDesk) => { noticeLoss(onDesk); held.receive(onDesk); lay(); },
  session: takeSession,
  up: () => screen.trouble(false),
  down: () => screen.trouble(true),
  refused: (refusal) => { screen.trouble(false); toBreak(); explain(refusal); },
});

// --- what is seen ------------------------------------------------------------------------------------------------

function lay() {
  if (screen.isBreak()) return;
  const [first = null, second = null] = held.open;
  screen.set(first ? "task" : "waiting");
  if (first?.lease !== shown?.lease) turnTo(first);
  else if (first && (first.expires_at !== shown.expires_at || first.renewable_until !== shown.renewable_until)) {
    shown = first;
    moreTime.renew(first);
  }
  undo.place();
  pictureView.prefetch(second?.task, () => { main.dataset.ahead = second.lease; });
}

function turnTo(first) {
  if (shown && !held.isSettled(shown.lease)) held.keepDraft(shown.lease, steps.draft());
  shown = first;
  moreTime.stop();
  main.dataset.lease = shown?.lease ?? "";
  if (!shown) return widget.clear();
  const isWidget = Boolean(shown.task.widget_url);
  ask();
  moreTime.run(shown);
  skipMenu.offer(isWidget ? "widget" : shown.task.options.labels ? "label" : "picture");
  skipMenu.close();
  instructions.offer(shown.task.question);
  document.title = document.hidden ? `● ${say(isWidget ? "title.widget" : "title.new")}` : title;
  if (isWidget) widget.show(shown.task);
  else showPicture();
  focus();
}

function ask() {
  steps.open({ lease: shown.lease, ...shown.task, words: shown.task.options.words }, held.draft(shown.lease));
  if (held.hasComeBack(shown.lease)) tell("notice.came_back");
}

function showPicture() {
  widget.clear();
  const veiled = pictureView.show(shown.task, {
    failed: () => tell("notice.picture_failed", {}, "bad"),
    loaded: () => { settle("notice.picture_failed"); if (isLabelShown() && element("veil").hidden) seen(); },
  });
  if (!veiled && isLabelShown()) seen();
}

// A label must be about what was seen: they come alive when the picture is there and unveiled.
async function seen() {
  const { lease } = shown;
  try {
    await element("picture").decode();
  } catch {
    return; // it is tried again, and heard of when it is there
  }
  if (shown?.lease === lease) labelButtons.seen();
}

// Where the hands go on: the widget, the button before a veiled picture, or the box.
function focus() {
  if (shown?.task.widget_url) widget.focus();
  else if (!element("veil").hidden) element("unveil").focus();
  else if (isLabelShown()) labelButtons.focus();
  else answerBox.focus();
}

function takeSession(session) {
  tally.show(session);
  tellLost(session);
  if (session.state !== "offline" || screen.isBreak()) return;
  toBreak();
  if (!session.none_left) tally.tellWhyOffline(screen.isBreak);
}

// --- what is sent ------------------------------------------------------------------------------------------------

function part(path, body, said) {
  if (!shown) return;
  hush();
  undo.withdraw();
  outbox.put({ path, body: { lease: shown.lease, undo: true, ...body }, said, text: steps.draft() });
  held.settle(shown.lease);
  screen.tellUnsent();
  lay();
}

outbox.furnish({
  taken: (letter, result) => {
    if (!screen.isBreak()) tally.receipt(letter.said, result.earned);
    held.advance(result.next);
    if (letter.isKept) tell("notice.waited_sent");
    if (outbox.size() === 0 && !screen.isBreak()) undo.offer(letter, result.undo_until);
  },
  refused: returned,
  changed: () => { if (stream.isOpen) screen.trouble(false); lay(); },
  trouble: () => screen.trouble(true),
});

undo.furnish({
  isAtTask: screen.isTask, isOnItsWay: () => outbox.size() > 0,
  call: ({ body: { lease } }) => insist("POST", "/worker/undos", { lease }, () => screen.trouble(true)),
  back: (letter, lease) => {
    held.restore(letter.body.lease, letter.text);
    held.receive({ current: lease, upcoming: held.open.find((each) => each.lease !== lease.lease) ?? null });
    lay();
    tell("notice.taken_back");
  },
  refused: (refusal) => explain(refusal),
});

function returned(letter, refusal) {
  undo.withdraw();
  if (refusal.status === 401) return returnedToBreak(refusal);
  if (letter.isKept && refusal.refusal === "lease_lost") return askForDesk().then(() => tell("notice.waited_too_long", {}, "warn"));
  if (refusal.refusal === "answer_unfit") {
    // What was sent after it waits on the same desk: it all comes back, the refused one first.
    for (const each of [...outbox.takeBack(), letter]) held.restore(each.body.lease, each.text);
  }
  if (refusal.refusal === "lease_lost") {
    held.lose(letter.body.lease);
    if (steps.isBegun() && isOneTask(shown?.lease, letter.body.lease)) held.keepDraft(shown.lease, steps.draft());
    else held.keepDraft(letter.body.lease, letter.text);
    if (isOneTask(shown?.lease, letter.body.lease)) return ask(); // it came back before this was heard
  }
  explain(refusal);
  if (GONE.includes(refusal.refusal)) askForDesk();
  if (["not_online", "worker_disabled"].includes(refusal.refusal)) toBreak();
}

// What became of a picture that is not before them any more is asked of the server: only it knows.
async function noticeLoss(onDesk) {
  const kept = [onDesk.current, onDesk.upcoming].some((each) => each?.lease === shown?.lease);
  if (!shown || !screen.isTask() || kept || held.isSettled(shown.lease)) return;
  const { lease } = shown;
  held.lose(lease);
  if (isWidgetShown()) return tell("notice.task_over", {}, "warn");
  try {
    await insist("POST", "/worker/renewals", { lease }, () => screen.trouble(true));
  } catch (refusal) {
    if (!screen.isBreak() && !isOneTask(shown?.lease, lease)) explain(refusal); // else it came back, and that is said
  }
}

// The stream tells of every change; this is for the moments when it may not have.
async function askForDesk() {
  try {
    const current = await insist("GET", "/worker/next?wait=0", undefined, () => screen.trouble(true));
    const onDesk = { current, upcoming: held.upcoming?.lease === current?.lease ? null : held.upcoming };
    noticeLoss(onDesk);
    held.receive(onDesk);
    lay();
  } catch (refusal) {
    returnedToBreak(refusal);
  }
}

// --- coming and going --------------------------------------------------------------------------------------------

async function start(event) {
  event?.preventDefault();
  if (breakWords.isStopped()) return lookAgain();
  hush();
  try {
    takeSession(await inTurn(() => insist("POST", "/worker/online", {}, () => screen.trouble(true))));
    screen.set("waiting");
    stream.open();
  } catch (refusal) {
    returnedToBreak(refusal);
  }
}

async function takeBreak(event) {
  event?.preventDefault();
  if (screen.isBreak()) return;
  toBreak();
  hush();
  try {
    await inTurn(() => outbox.emptied().then(() => insist("POST", "/worker/offline", {}, () => screen.trouble(true))));
  } catch (refusal) {
    explain(refusal);
  }
}

function toBreak() {
  stream.close();
  moreTime.stop();
  held.receive({ current: null, upcoming: null });
  undo.withdraw();
  screen.forgetTrouble();
  shown = null;
  widget.clear();
  screen.set("break");
  element("receipt").textContent = "";
  breakWords.focus();
}

function returnedToBreak(refusal) {
  if (refusal.status === 401) outbox.stop(); // who comes back finds what waited
  toBreak();
  explain(refusal);
}

// --- keys --------------------------------------------------------------------------------------------------------

const skip = (reason) => part("/skips", { reason }, say("notice.skipped"));

const isWidgetShown = () => Boolean(shown?.task.widget_url);
const isLabelShown = () => Boolean(shown) && steps.form().startsWith("label");
// A picture is passed on at a touch; what was typed, and a widget that is half solved, is not to be lost by one.
function passOn() {
  if (!isWidgetShown() && !steps.isBegun()) return skip("unreadable");
  if (!isWidgetShown()) tell("notice.skip_asks", {}, "warn");
  return skipMenu.open();
}

const KEYS = {
  Escape: passOn,
  "Alt+KeyS": () => skipMenu.open(),
  "Alt+KeyI": () => instructions.open(),
  "Alt+KeyM": () => moreTime.ask(),
  "Alt+KeyZ": () => undo.press(),
  "Alt+KeyB": () => (screen.isBreak() ? start() : takeBreak()),
  ...pictureView.KEYS,
};

listenToKeys({
  keys: KEYS,
  back: steps.back,
  label: (key) => (isLabelShown() && skipMenu.isClosed() ? labelButtons.behind(key) : null),
});

widget.furnish({
  token: ({ token }) => { if (isWidgetShown()) part("/answers", { answer: { text: token } }, say("notice.token_sent")); },
  failed: () => tell("notice.widget_failed", {}, "bad"),
  refused: ({ code }) => tell("notice.widget_refused", { code: code || "–" }, "bad"),
  expired: () => tell("notice.widget_expired", {}, "warn"),
  ready: hush,
  key: ({ key }) => { if (screen.isTask()) KEYS[readAs(key)]?.(); },
});

document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });

steps.furnish({
  answer: (text, said) => part("/answers", { answer: { text } }, said),
  form: () => { main.dataset.task = steps.form(); },
  turn: () => { if (isLabelShown() && element("veil").hidden) seen(); focus(); }, // another field: the picture stays
});
instructions.furnish("worker", { trouble: () => screen.trouble(true), closed: focus, failed: explain });
skipMenu.furnish(skip, () => { settle("notice.skip_asks"); focus(); });
moreTime.furnish({ path: "/worker", name: "lease", over: askForDesk, lost: askForDesk, focus });
pictureView.furnish(() => { if (isLabelShown()) seen(); focus(); });
const FORMS = { "skip-form": (event) => { event.preventDefault(); passOn(); }, "online-form": start, "break-form": takeBreak };
for (const [id, heard] of Object.entries(FORMS)) element(id).addEventListener("submit", heard);
document.documentElement.dataset.script = "on";
screen.show();
outbox.restore().forEach((letter) => held.settle(letter.body.lease)); // sent as soon as there is a line
if (!screen.isBreak()) {
  if (page.lease) held.receive({ current: page.lease, upcoming: null });
  lay();
  stream.open();
}
