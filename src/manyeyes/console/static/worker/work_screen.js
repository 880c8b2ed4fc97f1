// The worker screen: puts the held tasks, the picture, the question and the calls to the server together.

import * as instructions from "../shared/instructions.js";
import * as leaseBar from "../shared/lease_bar.js";
import { HeldTasks } from "./held_tasks.js";
import * as labelButtons from "./label_buttons.js";
import { hush, tell } from "../shared/notice.js";
import * as answerBox from "./answer_box.js";
import * as steps from "./answer_steps.js";
import * as skipMenu from "./skip_menu.js";
import * as pictureView from "../shared/picture_view.js";
import { explain, tellLost } from "./lost_queues.js";
import * as widget from "./widget.js";
import { Stream, insist } from "../shared/server_calls.js";
import { keyName } from "../shared/key_names.js";
import { count, isolated, money, page, say } from "../shared/page_words.js";

const element = (id) => document.getElementById(id);
const main = element("main");
const title = document.title;
const held = new HeldTasks();
const outbox = [];

let shown = null;
let mode = main.dataset.mode;
let sending = null;
let troubled = false;

const stream = new Stream({
  tasks: (onDesk) => { noticeLoss(onDesk); held.receive(onDesk); lay(); },
  session: takeSession,
  up: () => { if (troubled) tell("notice.back"); trouble(false); },
  down: () => trouble(true),
  refused: (refusal) => { trouble(false); toBreak(); explain(refusal); },
});

// --- what is seen ------------------------------------------------------------------------------------------------

function lay() {
  if (mode === "break") return;
  const [first = null, second = null] = held.open;
  setMode(first ? "task" : "waiting");
  if (first?.lease !== shown?.lease) turnTo(first);
  pictureView.prefetch(second?.task, () => { main.dataset.ahead = second.lease; });
}

function turnTo(first) {
  if (shown && !held.isSettled(shown.lease)) held.keepDraft(shown.lease, steps.draft());
  shown = first;
  leaseBar.stop();
  main.dataset.lease = shown?.lease ?? "";
  if (!shown) return widget.clear();
  const isWidget = Boolean(shown.task.widget_url);
  steps.open({ lease: shown.lease, ...shown.task, words: shown.task.options.words }, held.draft(shown.lease));
  leaseBar.run(shown, askForDesk);
  skipMenu.offer(isWidget ? "widget" : shown.task.options.labels ? "label" : "picture");
  skipMenu.close();
  instructions.offer(shown.task.question);
  document.title = document.hidden ? `● ${say(isWidget ? "title.widget" : "title.new")}` : title;
  if (isWidget) widget.show(shown.task);
  else showPicture();
  focus();
}

function showPicture() {
  widget.clear();
  const veiled = pictureView.show(shown.task, () => tell("notice.picture_failed", {}, "bad"));
  if (!veiled && isLabelShown()) seen();
}

// A label must be about what was seen: they come alive when the picture is there and unveiled.
async function seen() {
  const { lease } = shown;
  try {
    await element("picture").decode();
  } catch {
    return; // the notice says that the picture failed; a skip is left
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

function setMode(next) {
  if (mode === next && next !== "break") return;
  mode = next;
  main.dataset.mode = mode;
  for (const [id, name] of [["break", "break"], ["waiting", "waiting"], ["job", "task"]]) element(id).hidden = name !== mode;
  element("break-form").hidden = mode === "break";
  if (mode === "break") {
    shown = null;
    widget.clear();
  }
  if (mode === "waiting" && !document.querySelector(".look[open]")) element("waiting-title").focus();
  presence();
}

function presence() {
  const state = troubled ? "reconnecting" : { task: "working", waiting: "waiting", break: "break" }[mode];
  document.body.dataset.state = state;
  element("presence-words").textContent = say(`state.${state}`);
}

function trouble(now) {
  if (now && !troubled) tell("notice.reconnecting", {}, "warn");
  troubled = now;
  presence();
}

function receipt(what, earned) {
  if (mode === "break") return;
  element("receipt").replaceChildren(isolated(what), earned ? `  +${money(earned)}` : "");
}

function takeSession(session) {
  element("answered").textContent = count(session.answered);
  element("earned").textContent = money(session.earned);
  element("pending").textContent = money(session.pending);
  element("payable").textContent = money(session.payable);
  tellLost(session);
  if (session.state === "offline" && mode !== "break") {
    toBreak();
    if (!session.none_left) tell("notice.not_online", {}, "warn");
  }
}

// --- what is sent ------------------------------------------------------------------------------------------------

function part(path, body, said) {
  if (!shown) return;
  hush();
  outbox.push({ path, body: { lease: shown.lease, ...body }, said, text: steps.draft() });
  held.settle(shown.lease);
  lay();
  flush();
}

// One at a time and in order: the task after this one can be answered only when this one is done.
function flush() {
  sending ??= post().finally(() => { sending = null; });
}

async function post() {
  while (outbox.length) {
    const letter = outbox[0];
    try {
      const result = await insist("POST", `/worker${letter.path}`, letter.body, () => trouble(true));
      receipt(letter.said, result.earned);
      held.advance(result.next);
      outbox.shift();
    } catch (refusal) {
      returned(refusal);
    }
    if (stream.isOpen) trouble(false);
    lay();
  }
}

function returned(refusal) {
  const letter = outbox.shift();
  if (refusal.status === 401) return leave(refusal);
  if (refusal.refusal === "answer_unfit") {
    // What was sent after it waits on the same desk: it all comes back, the refused one first.
    for (const each of [...outbox.splice(0), letter]) held.restore(each.body.lease, each.text);
  }
  explain(refusal);
  if (["lease_lost", "site_withdrawn"].includes(refusal.refusal)) askForDesk();
  if (refusal.refusal === "not_online") toBreak();
}

function noticeLoss(onDesk) {
  const kept = [onDesk.current, onDesk.upcoming].some((each) => each?.lease === shown?.lease);
  if (shown && mode === "task" && !kept && !held.isSettled(shown.lease)) {
    tell(isWidgetShown() ? "notice.task_over" : "notice.time_up", {}, "warn");
  }
}

// The stream tells of every change; this is for the moments when it may not have.
async function askForDesk() {
  try {
    const current = await insist("GET", "/worker/next?wait=0", undefined, () => trouble(true));
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
  hush();
  try {
    takeSession(await insist("POST", "/worker/online", {}, () => trouble(true)));
    setMode("waiting");
    stream.open();
  } catch (refusal) {
    returnedToBreak(refusal);
  }
}

async function takeBreak(event) {
  event?.preventDefault();
  if (mode === "break") return;
  toBreak();
  hush();
  try {
    await sending;
    await insist("POST", "/worker/offline", {}, () => trouble(true));
  } catch (refusal) {
    explain(refusal);
  }
}

function toBreak() {
  stream.close();
  leaseBar.stop();
  held.receive({ current: null, upcoming: null });
  troubled = false; // a break needs no stream: the lost one is not coming back
  setMode("break");
  element("receipt").textContent = "";
  element("start").focus();
}

function returnedToBreak(refusal) {
  toBreak();
  explain(refusal);
}

function leave(refusal) {
  outbox.length = 0;
  returnedToBreak(refusal);
}

// --- keys --------------------------------------------------------------------------------------------------------

const skip = (reason) => part("/skips", { reason }, say("notice.skipped"));

const isWidgetShown = () => Boolean(shown?.task.widget_url);
const isLabelShown = () => Boolean(shown) && steps.form().startsWith("label");
// A picture is passed on at a touch; a widget that is half solved is not to be lost by one.
const passOn = () => (isWidgetShown() ? skipMenu.open() : skip("unreadable"));

const KEYS = {
  Escape: passOn,
  "Alt+KeyS": () => skipMenu.open(),
  "Alt+KeyI": () => instructions.open(),
  "Alt+KeyB": () => (mode === "break" ? start() : takeBreak()),
  ...pictureView.KEYS,
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || instructions.isOpen()) return;
  if (mode === "task" && event.key === "Enter" && event.repeat) event.preventDefault(); // each field wants a press of its own
  if (mode === "task" && event.key === "Enter" && event.shiftKey && !event.altKey && steps.back()) return event.preventDefault();
  const label = !event.altKey && isLabelShown() && skipMenu.isClosed() ? labelButtons.behind(event.key) : null;
  const action = label ? () => { if (!event.repeat) label.click(); } : KEYS[keyName(event)];
  if (!action || (mode !== "task" && event.code !== "KeyB")) return;
  if (action() !== false) event.preventDefault();
});

widget.furnish({
  token: ({ token }) => { if (isWidgetShown()) part("/answers", { answer: { text: token } }, say("notice.token_sent")); },
  failed: () => tell("notice.widget_failed", {}, "bad"),
  refused: ({ code }) => tell("notice.widget_refused", { code: code || "–" }, "bad"),
  expired: () => tell("notice.widget_expired", {}, "warn"),
  ready: hush,
  key: ({ key }) => { if (mode === "task") KEYS[key]?.(); },
});

document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });

steps.furnish({
  answer: (text, said) => part("/answers", { answer: { text } }, said),
  form: () => { main.dataset.task = steps.form(); },
  turn: () => { if (isLabelShown() && element("veil").hidden) seen(); focus(); }, // another field: the picture stays
});
instructions.furnish("worker", { trouble: () => trouble(true), closed: focus, failed: explain });
skipMenu.furnish(skip, focus);
pictureView.furnish(() => { if (isLabelShown()) seen(); focus(); });
element("skip-form").addEventListener("submit", (event) => { event.preventDefault(); passOn(); });
element("online-form").addEventListener("submit", start);
element("break-form").addEventListener("submit", takeBreak);
document.documentElement.dataset.script = "on";
presence();
if (mode !== "break") {
  if (page.lease) held.receive({ current: page.lease, upcoming: null });
  lay();
  stream.open();
}
