// What is alike on both screens of reviewers: one picture after another, seen, decided and paid; waits, breaks, lost lines.

import * as instructions from "../shared/instructions.js";
import { isComposing } from "../shared/composing.js";
import * as moreTime from "../shared/more_time.js";
import { explain, hush, settle, tell } from "../shared/notice.js";
import * as pictureView from "../shared/picture_view.js";
import { Refusal, call, insist, patience, wait } from "../shared/server_calls.js";
import { count, isolated, money, page, say } from "../shared/page_words.js";
import { keyName } from "../shared/key_names.js";

export const element = (id) => document.getElementById(id);
export const main = element("main");
const title = document.title;
const WAIT_SECONDS = 20;
// Longer than the server may wait: a call that takes this long has lost its connection without a word.
const LOST_AFTER = (WAIT_SECONDS + 15) * 1000;
// Nobody judges a picture sooner; a key that comes sooner was pressed twice for the one before.
const GLANCE = 250;
const GONE = ["slot_lost", "already_answered"]; // the next one comes

let screen = null; // what the two differ in: see `furnish`
let keys = {};
let mode = main.dataset.mode;
let shown = null;
let isReady = false;
let troubled = false;
let shift = new AbortController(); // ends with a break
let sending = null;
const tally = { ...page.session };

/** What lies before the reviewer; null for nothing. */
export const lying = () => shown;
/** Whether a decision is about what was seen. */
export const canDecide = () => isReady && mode === "task";
export const isAtTask = () => mode === "task";

// --- what is seen ------------------------------------------------------------------------------------------------

function setMode(next) {
  mode = next;
  main.dataset.mode = mode;
  for (const [id, name] of [["break", "break"], ["waiting", "waiting"], ["job", "task"]]) element(id).hidden = name !== mode;
  element("break-form").hidden = mode === "break";
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
  if (!now && troubled) tell("notice.back");
  troubled = now;
  presence();
}

function earn(earned) {
  tally[screen.counted] += 1;
  tally.earned += earned;
  tally.payable += earned;
  element(screen.counted).textContent = count(tally[screen.counted]);
  element("earned").textContent = money(tally.earned);
  element("payable").textContent = money(tally.payable);
}

/** Shows what came; it can be decided as soon as its picture can be seen. */
function turnTo(next) {
  shown = next;
  isReady = false;
  const id = next[screen.name];
  main.dataset[screen.name] = id;
  for (const hidden of document.querySelectorAll(`input[name="${screen.name}"]`)) hidden.value = id;
  setMode("task");
  screen.lay(next);
  instructions.offer(next.task.question ? { id: next.task.question, unread: false } : null);
  ready(false);
  const veiled = pictureView.show(next.task, {
    failed: () => { if (shown === next) tell("notice.picture_failed", {}, "bad"); },
    loaded: () => { settle("notice.picture_failed"); if (element("veil").hidden) seen(); },
  });
  moreTime.run(next);
  document.title = document.hidden ? `● ${say("title.new")}` : title;
  if (veiled) element("unveil").focus();
  else seen();
}

// A decision must be about what was seen: the keys come alive when the picture is there and unveiled.
async function seen() {
  const seenOne = shown;
  screen.focus();
  try {
    await element("picture").decode();
  } catch {
    return; // it is tried again, and heard of when it is there
  }
  await wait(GLANCE);
  if (shown === seenOne && mode === "task") ready(true);
}

function ready(now) {
  isReady = now;
  main.toggleAttribute("data-ready", now);
  screen.ready(now);
}

// --- what is sent ------------------------------------------------------------------------------------------------

/** Sends what is said of what lies here, and goes on with what comes; `said`: its receipt. */
export function send(path, body, said) {
  if (mode === "task") sending = sent(path, { [screen.name]: shown[screen.name], ...body }, said);
}

async function sent(path, body, said) {
  const sentOne = shown;
  ready(false);
  hush();
  moreTime.stop();
  const ended = shift.signal;
  try {
    const answer = await insist("POST", screen.path + path, body, () => trouble(true));
    trouble(false);
    const isPaid = answer?.earned !== undefined;
    if (isPaid) earn(answer.earned);
    element("receipt").replaceChildren(isolated(said), isPaid ? `  +${money(answer.earned)}` : "");
    const next = isPaid ? answer.next : answer;
    if (ended.aborted) return;
    if (next) turnTo(next);
    else watch();
  } catch (refusal) {
    trouble(false);
    if (!ended.aborted) refused(refusal, sentOne);
  }
}

function refused(refusal, sentOne) {
  if (refusal.refusal === "answer_unfit" && shown === sentOne) {
    moreTime.run(sentOne);
    ready(true);
  } else if (GONE.includes(refusal.refusal)) watch();
  else toBreak();
  explain(refusal);
}

// Its time is up by the clock here, or more was refused: what became of it is asked of the server, which alone knows.
async function lapse() {
  if (mode !== "task" || !shown) return;
  const [gone, ended] = [shown, shift.signal];
  ready(false);
  try {
    const times = await insist("POST", `${screen.path}/renewals`, { [screen.name]: gone[screen.name] }, () => trouble(true));
    trouble(false);
    if (shown === gone) moreTime.run(Object.assign(gone, times));
    if (shown === gone && element("veil").hidden) seen();
  } catch (refusal) {
    trouble(false);
    if (!ended.aborted && shown === gone) refused(refusal, gone);
  }
}

/** Waits for the next one for as long as the shift lasts. */
async function watch() {
  shown = null;
  main.dataset[screen.name] = "";
  ready(false);
  moreTime.stop();
  setMode("waiting");
  const { signal } = shift;
  for (let attempt = 0; !signal.aborted;) {
    try {
      const found = await nextOne(signal);
      trouble(false);
      attempt = 0;
      if (signal.aborted) return;
      if (found) return turnTo(found);
    } catch (failure) {
      if (signal.aborted) return;
      if (failure instanceof Refusal) return refused(failure, null);
      trouble(true);
      await wait(patience(attempt));
      attempt += 1;
    }
  }
}

/** The long call for the next one, null when none came. After trouble it does not wait, to see whether all is well. */
async function nextOne(signal) {
  const waiting = new AbortController();
  const end = () => waiting.abort();
  const timer = setTimeout(end, LOST_AFTER);
  signal.addEventListener("abort", end);
  try {
    return await call("GET", `${screen.path}/next?wait=${troubled ? 0 : WAIT_SECONDS}`, undefined, waiting.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

// --- coming and going --------------------------------------------------------------------------------------------

function start(event) {
  event?.preventDefault();
  hush();
  shift = new AbortController();
  history.replaceState(null, "", `${screen.path}?at=work`);
  watch();
}

/** A break gives back what lies here, so that nobody waits for it. */
async function takeBreak(event) {
  event?.preventDefault();
  if (mode === "break") return;
  toBreak();
  try {
    await sending;
    await insist("POST", `${screen.path}/leave`, {}, () => trouble(true));
    trouble(false);
  } catch (refusal) {
    explain(refusal);
  }
}

function toBreak() {
  shift.abort();
  moreTime.stop();
  shown = null;
  ready(false);
  hush();
  history.replaceState(null, "", screen.path);
  setMode("break");
  element("receipt").textContent = "";
  element("start").focus();
}

// --- keys --------------------------------------------------------------------------------------------------------

const ONCE = ["KeyI", "KeyB", "KeyM"];
const KEYS = {
  "Alt+KeyI": () => instructions.open(),
  "Alt+KeyM": () => moreTime.ask(),
  "Alt+KeyB": () => (mode === "break" ? start() : takeBreak()),
  ...pictureView.KEYS,
};

/** Whether the target takes keys for itself. */
export const isTyping = (target) => Boolean(target.closest("input, textarea, select, .look[open]"));

document.addEventListener("keydown", (event) => {
  if (!screen || isComposing(event) || event.defaultPrevented || event.ctrlKey || event.metaKey || instructions.isOpen()) return;
  const action = (mode === "task" ? screen.action(event) : null) ?? keys[keyName(event)];
  if (!action || (mode !== "task" && event.code !== "KeyB") || screen.isTheirs(event)) return;
  const isHeld = event.repeat && (ONCE.includes(event.code) || screen.isOnce(event)); // held down it must not decide the next picture
  if (isHeld || action() !== false) event.preventDefault();
});

/**
 * Brings a screen to life. `path`: of its page and its calls; `name`: of what lies there, in messages and forms;
 * `counted`: what is counted of it; `keys`: its own. `lay(next)` writes what came, `ready(now)` tells whether it can be
 * decided, `focus()` puts the focus where it belongs. `action(event)`: what a key does that depends on more than its name;
 * `isTheirs(event)`: the field that has the focus wants it; `isOnce(event)`: held down it counts once.
 */
export function furnish(given) {
  screen = { action: () => null, isTheirs: () => false, ...given };
  keys = { ...KEYS, ...given.keys };
  pictureView.furnish(seen);
  const { path, name } = screen;
  moreTime.furnish({ path, name, over: lapse, lost: lapse, focus: () => screen.focus() });
  const room = path.slice(1);
  instructions.furnish(room, { trouble: () => trouble(true), closed: () => screen.focus(), failed: explain });
  element("start-form").addEventListener("submit", start);
  element("break-form").addEventListener("submit", takeBreak);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });
  document.documentElement.dataset.script = "on";
  presence();
  if (mode === "task") turnTo(page[screen.name]);
  if (mode === "waiting") watch();
}
