// What is alike on both screens of reviewers: one picture after another, seen, decided and paid; waits, breaks, lost lines.

import * as ahead from "./ahead.js";
import * as instructions from "../shared/instructions.js";
import * as moreTime from "../shared/more_time.js";
import { explain, hush, settle, tell } from "../shared/notice.js";
import * as pictureView from "../shared/picture_view.js";
import { Refusal, inTurn, insist, patience, wait } from "../shared/server_calls.js";
import { isolated, money, page, say } from "../shared/page_words.js";
import { listenToKeys } from "./desk_keys.js";
import { nextOne } from "./next_one.js";
import * as presence from "./presence.js";
import { trouble } from "./presence.js";
import { earn } from "./tally.js";
import * as undo from "../shared/undo.js";

export const element = (id) => document.getElementById(id);
export const main = element("main");
const title = document.title;
const GLANCE = 250; // nobody judges a picture sooner; a key that comes sooner was pressed twice for the one before
const GONE = ["slot_lost", "already_answered"]; // the next one comes

let screen = null; // what the two differ in: see `furnish`
let mode = main.dataset.mode;
let [shown, isReady] = [null, false];
let [shift, watching] = [new AbortController(), new AbortController()]; // end with a break; with what came
let [sending, letters] = [null, []]; // what was said and has not reached the server, in order: neither a break nor a start forgets it

/** What lies before the reviewer; null for nothing. */
export const lying = () => shown;
/** Whether a decision is about what was seen. */
export const canDecide = () => isReady && mode === "task";
/** The same, and a press that comes too soon is told so: it is not kept, and must not be thought to be. */
export const mayDecide = () => canDecide() || tooSoon();
export const isAtTask = () => mode === "task";

// --- what is seen ------------------------------------------------------------------------------------------------

function setMode(next) {
  mode = next;
  main.dataset.mode = mode;
  for (const [id, name] of [["break", "break"], ["waiting", "waiting"], ["job", "task"]]) element(id).hidden = name !== mode;
  element("break-form").hidden = mode === "break";
  if (mode !== "task") settle("notice.not_yet");
  if (mode === "waiting" && !document.querySelector(".look[open], .page-menu[open]")) element("waiting-title").focus();
  presence.show(mode);
}

/** Shows what came; it can be decided as soon as its picture can be seen. */
function turnTo(next) {
  watching.abort();
  [shown, isReady] = [next, false];
  const id = next[screen.name];
  main.dataset[screen.name] = id;
  for (const hidden of document.querySelectorAll(`input[name="${screen.name}"]`)) hidden.value = id;
  setMode("task");
  screen.lay(next);
  instructions.offer(next.task.question ? { id: next.task.question, unread: false } : null, next.task.guide);
  ready(false);
  const veiled = pictureView.show(next.task, {
    failed: () => { if (shown === next) tell("notice.picture_failed", {}, "bad"); },
    loaded: () => { settle("notice.picture_failed"); if (element("veil").hidden) seen(); },
  });
  moreTime.run(next);
  lookAhead();
  undo.place();
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
  if (now) settle("notice.not_yet");
  screen.ready(now);
}

function tooSoon() {
  if (mode === "task") tell("notice.not_yet", {}, "warn");
  return false;
}

// --- what is sent ------------------------------------------------------------------------------------------------

/** Sends what is said of what lies here, and goes on with what comes; `said`: its receipt. */
export function send(path, body, said) {
  if (mode !== "task") return;
  if (letters.some(({ one }) => one === shown)) return tooSoon(); // it was said already, and the next is on its way
  const letter = { path, one: shown, said, draft: screen.draft(), body: { [screen.name]: shown[screen.name], ...body } };
  letters.push(letter);
  ready(false);
  hush();
  undo.withdraw();
  moreTime.stop();
  const next = ahead.take();
  if (next) turnTo(next); // its picture is there: nothing is waited for
  sending ??= post().finally(() => { sending = null; });
}

async function post() {
  const ended = shift.signal;
  while (letters.length) {
    const [letter] = letters;
    try {
      const answer = await insist("POST", screen.path + letter.path, letter.body, () => trouble(true));
      letters.shift();
      trouble(false);
      taken(letter, answer, ended);
    } catch (refusal) {
      letters.shift();
      trouble(false);
      if (!ended.aborted && [...GONE, "answer_unfit"].includes(refusal.refusal)) letters = []; // what lay ahead is shown anew
      if (!ended.aborted) refused(refusal, letter.one);
    }
  }
}

function taken(letter, answer, ended) {
  const isPaid = answer?.earned !== undefined;
  if (isPaid) earn(screen.counted, answer.earned);
  element("receipt").replaceChildren(isolated(letter.said), isPaid ? `  +${money(answer.earned)}` : "");
  if (ended.aborted) return;
  if (letters.length === 0) goOn(isPaid ? answer.next : answer, letter.one);
  if (letters.length === 0) undo.offer({ ...letter, earned: answer?.earned ?? 0 }, answer?.undo_until);
}

/** Takes over what the server says lies here now, `next`, after `before`; what is shown already only gets its time. */
function goOn(next, before) {
  const isShown = shown && shown !== before;
  if (next && isShown && shown[screen.name] === next[screen.name]) {
    moreTime.run(Object.assign(shown, next));
    return lookAhead();
  }
  if (next) turnTo(next);
  else watch();
  if (isShown) tell("notice.slot_lost", {}, "warn"); // it waited here for too long
}

function refused(refusal, one) {
  undo.withdraw();
  const isShown = shown === one;
  if (refusal.refusal === "answer_unfit" && isShown) {
    moreTime.run(one);
    ready(true);
  } else if (isShown ? GONE.includes(refusal.refusal) : [...GONE, "answer_unfit"].includes(refusal.refusal)) watch();
  else toBreak();
  explain(refusal);
}

undo.furnish({
  isAtTask, isOnItsWay: () => letters.length > 0, refused: explain,
  call: ({ one }) => insist("POST", `${screen.path}/undos`, { [screen.name]: one[screen.name] }, () => trouble(true)),
  back: (letter, next) => {
    trouble(false);
    earn(screen.counted, -letter.earned, -1);
    element("receipt").textContent = "";
    turnTo(next);
    screen.restore(letter.draft);
    tell("notice.taken_back");
  },
});

function lookAhead() {
  const [before, { signal }] = [shown, shift];
  const isStill = () => shown === before && !signal.aborted && letters.length === 0;
  if (isStill()) ahead.look(`${screen.path}/ahead`, screen.name, signal, isStill);
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
  ahead.forget();
  main.dataset[screen.name] = "";
  ready(false);
  moreTime.stop();
  setMode("waiting");
  undo.place();
  watching.abort(); // one call waits at a time: what it brings must not be laid over what came by another
  const { signal } = (watching = new AbortController());
  await inTurn(() => sending); // what was said reaches the server before it is asked for more
  for (let attempt = 0; !signal.aborted;) {
    try {
      const found = await nextOne(screen.path, presence.isTroubled(), signal);
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
    await inTurn(async () => { await sending; await insist("POST", `${screen.path}/leave`, {}, () => trouble(true)); });
    trouble(false);
  } catch (refusal) {
    explain(refusal);
  }
}

function toBreak() {
  for (const each of [shift, watching]) each.abort();
  moreTime.stop();
  undo.withdraw();
  shown = null;
  ahead.forget();
  ready(false);
  hush();
  history.replaceState(null, "", screen.path);
  setMode("break");
  element("receipt").textContent = "";
  element("start").focus();
}

// --- keys --------------------------------------------------------------------------------------------------------

const KEYS = {
  "Alt+KeyI": () => instructions.open(),
  "Alt+KeyM": () => moreTime.ask(),
  "Alt+KeyZ": () => undo.press(),
  "Alt+KeyB": () => (mode === "break" ? start() : takeBreak()),
  ...pictureView.KEYS,
};

/** Whether the target takes keys for itself. */
export const isTyping = (target) => Boolean(target.closest("input, textarea, select, .look[open], .page-menu[open]"));

/**
 * Brings a screen to life. `path`: of its page and its calls; `name`: of what lies there, in messages and forms;
 * `counted`: what is counted of it; `keys`: its own. `lay(next)` writes what came, `ready(now)` tells whether it can be
 * decided, `focus()` puts the focus where it belongs. `action(event)`: what a key does that depends on more than its name;
 * `isTheirs(event)`: the field that has the focus wants it; `isOnce(name)`: that key counts once, held down. `draft()`: what was
 * typed or chosen, which `restore(draft)` lays out again.
 */
export function furnish(given) {
  screen = { action: () => null, isTheirs: () => false, isOnce: () => false, draft: () => "", restore: () => {}, ...given };
  listenToKeys({ ...screen, keys: { ...KEYS, ...given.keys }, isAtTask });
  pictureView.furnish(seen);
  const { path, name } = screen;
  moreTime.furnish({ path, name, over: lapse, lost: lapse, focus: () => screen.focus() });
  instructions.furnish(path.slice(1), { trouble: () => trouble(true), closed: () => screen.focus(), failed: explain });
  element("start-form").addEventListener("submit", start);
  element("break-form").addEventListener("submit", takeBreak);
  addEventListener("beforeunload", (event) => { if (letters.length) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });
  document.documentElement.dataset.script = "on";
  presence.show(mode);
  if (mode === "task") turnTo(page[screen.name]);
  if (mode === "waiting") watch();
}
