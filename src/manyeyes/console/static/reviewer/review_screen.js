// The reviewer screen: one complaint after another, judged with three arrow keys.

import * as instructions from "../shared/instructions.js";
import * as leaseBar from "../shared/lease_bar.js";
import * as judgedAnswer from "./judged_answer.js";
import { explain, hush, tell } from "../shared/notice.js";
import * as pictureView from "../shared/picture_view.js";
import { Refusal, call, insist, patience, wait } from "../shared/server_calls.js";
import { count, money, page, say } from "../shared/page_words.js";
import { keyName } from "../shared/key_names.js";
import { keptWords } from "../shared/text_rules.js";

const element = (id) => document.getElementById(id);
const main = element("main");
const reason = element("reason");
const title = document.title;
const WAIT_SECONDS = 20;
// Longer than the server may wait: a call that takes this long has lost its connection without a word.
const LOST_AFTER = (WAIT_SECONDS + 15) * 1000;
// Nobody judges a picture sooner; a key that comes sooner was pressed twice for the one before.
const GLANCE = 250;
const VERDICTS = { wrong: "confirm", alike: "reject", right: "reject" };
const CODES = { wrong: "wrong", alike: "ambiguous", either: "ambiguous", several: "several", right: "right" };

let mode = main.dataset.mode;
let shown = null;
let isReady = false;
let troubled = false;
let shift = new AbortController(); // ends with a break
let voting = null;
const tally = { ...page.session };

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

function showTally() {
  element("votes").textContent = count(tally.votes);
  element("earned").textContent = money(tally.earned);
  element("payable").textContent = money(tally.payable);
}

/** Shows a slot; it can be judged as soon as its picture can be seen. */
function turnTo(slot) {
  shown = slot;
  main.dataset.slot = slot.slot;
  ready(false);
  judgedAnswer.write(slot);
  instructions.offer(slot.task.question ? { id: slot.task.question, unread: false } : null);
  reason.value = "";
  setMode("task");
  const veiled = pictureView.show(slot.task, () => { if (shown === slot) tell("notice.picture_failed", {}, "bad"); });
  leaseBar.run(slot, lapse);
  document.title = document.hidden ? `● ${say("title.new")}` : title;
  if (veiled) element("unveil").focus();
  else seen();
}

// A vote must be about what was seen: the keys come alive when the picture is there and unveiled.
async function seen() {
  const slot = shown;
  element("job").focus({ preventScroll: true });
  try {
    await element("picture").decode();
  } catch {
    return; // the notice says that the picture failed; the slot goes to somebody else in time
  }
  await wait(GLANCE);
  if (shown === slot && mode === "task") ready(true);
}

function ready(now) {
  isReady = now;
  main.toggleAttribute("data-ready", now);
  for (const id of Object.keys(VERDICTS)) element(id).setAttribute("aria-disabled", String(!now));
}

// --- what is sent ------------------------------------------------------------------------------------------------

async function vote(which) {
  if (!isReady || mode !== "task") return;
  ready(false);
  hush();
  leaseBar.stop();
  const ended = shift.signal;
  const what = which === "alike" ? judgedAnswer.eitherWay(shown.task.options) : which;
  const words = keptWords(reason.value) || CODES[what];
  try {
    const body = { slot: shown.slot, verdict: VERDICTS[which], reason: words };
    const result = await insist("POST", "/reviewer/votes", body, () => trouble(true));
    trouble(false);
    tally.votes += 1;
    tally.earned += result.earned;
    tally.payable += result.earned;
    showTally();
    element("receipt").textContent = `${say(`notice.voted_${what}`)}  +${money(result.earned)}`;
    if (ended.aborted) return;
    if (result.next) turnTo(result.next);
    else watch();
  } catch (refusal) {
    trouble(false);
    if (ended.aborted) return;
    refused(refusal);
  }
}

function refused(refusal) {
  if (refusal.refusal === "slot_lost") {
    watch();
    explain(refusal);
    return;
  }
  toBreak();
  explain(refusal);
}

function lapse() {
  if (mode !== "task") return;
  tell("notice.time_up", {}, "warn");
  watch();
}

/** Waits for the next slot for as long as the shift lasts. */
async function watch() {
  shown = null;
  main.dataset.slot = "";
  ready(false);
  leaseBar.stop();
  setMode("waiting");
  const { signal } = shift;
  for (let attempt = 0; !signal.aborted;) {
    try {
      const slot = await next(signal);
      trouble(false);
      attempt = 0;
      if (signal.aborted) return;
      if (slot) return turnTo(slot);
    } catch (failure) {
      if (signal.aborted) return;
      if (failure instanceof Refusal) return refused(failure);
      trouble(true);
      await wait(patience(attempt));
      attempt += 1;
    }
  }
}

async function next(signal) {
  const waiting = new AbortController();
  const end = () => waiting.abort();
  const timer = setTimeout(end, LOST_AFTER);
  signal.addEventListener("abort", end);
  try {
    return await call("GET", `/reviewer/next?wait=${troubled ? 0 : WAIT_SECONDS}`, undefined, waiting.signal);
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
  history.replaceState(null, "", "/reviewer?at=work");
  watch();
}

/** A break gives back what lies here, so that nobody waits for it. */
async function takeBreak(event) {
  event?.preventDefault();
  if (mode === "break") return;
  toBreak();
  try {
    await voting;
    await insist("POST", "/reviewer/leave", {}, () => trouble(true));
    trouble(false);
  } catch (refusal) {
    explain(refusal);
  }
}

function toBreak() {
  shift.abort();
  leaseBar.stop();
  shown = null;
  ready(false);
  hush();
  history.replaceState(null, "", "/reviewer");
  setMode("break");
  element("receipt").textContent = "";
  element("start").focus();
}

// --- keys --------------------------------------------------------------------------------------------------------

const KEYS = {
  ArrowLeft: () => press("wrong"),
  ArrowDown: () => press("alike"),
  ArrowRight: () => press("right"),
  "Shift+ArrowLeft": () => pictureView.moveBy(-1, 0),
  "Shift+ArrowRight": () => pictureView.moveBy(1, 0),
  "Shift+ArrowUp": () => pictureView.moveBy(0, -1),
  "Shift+ArrowDown": () => pictureView.moveBy(0, 1),
  "Alt+KeyI": () => instructions.open(),
  "Alt+KeyR": () => reason.focus(),
  "Alt+KeyB": () => (mode === "break" ? start() : takeBreak()),
  ...pictureView.KEYS,
};

function press(which) {
  const button = element(which);
  button.classList.remove("pressed");
  void button.offsetWidth; // starts the animation anew
  if (isReady) button.classList.add("pressed");
  voting = vote(which);
}

const isElsewhere = (target) => Boolean(target.closest("input, textarea, select, .look[open]"));

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || instructions.isOpen()) return;
  const action = KEYS[keyName(event)];
  if (!action || (mode !== "task" && event.code !== "KeyB")) return;
  if (!event.altKey && isElsewhere(event.target)) return; // there the arrows move the caret
  const isHeld = event.repeat && !event.shiftKey && !event.altKey && !event.key.startsWith("Page");
  if (isHeld || action() !== false) event.preventDefault(); // a key held down must not judge the next picture
});

reason.addEventListener("keydown", (event) => {
  if ((event.key !== "Enter" && event.key !== "Escape") || event.isComposing) return;
  event.preventDefault();
  if (event.key === "Escape") reason.value = "";
  element("job").focus({ preventScroll: true });
});

document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });

pictureView.furnish(seen);
instructions.furnish("reviewer", {
  trouble: () => trouble(true), closed: () => element("job").focus({ preventScroll: true }), failed: explain,
});
element("vote-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.id in VERDICTS) press(event.submitter.id);
});
element("start-form").addEventListener("submit", start);
element("break-form").addEventListener("submit", takeBreak);
document.documentElement.dataset.script = "on";
presence();
if (mode === "task") turnTo(page.slot);
if (mode === "waiting") watch();
