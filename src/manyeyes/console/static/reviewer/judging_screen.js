// The screen where reviewers decide results: one after another, by a number key, or by an answer of their own.

import * as instructions from "../shared/instructions.js";
import * as leaseBar from "../shared/lease_bar.js";
import * as answerBox from "../worker/answer_box.js";
import * as labelButtons from "../worker/label_buttons.js";
import * as steps from "../worker/answer_steps.js";
import { question } from "../shared/answer_rules.js";
import * as givenList from "./given_list.js";
import { nextResult } from "./next_result.js";
import { explain, hush, tell } from "../shared/notice.js";
import * as pictureView from "../shared/picture_view.js";
import { Refusal, insist, patience, wait } from "../shared/server_calls.js";
import { count, isolated, money, page, say } from "../shared/page_words.js";
import { keyName } from "../shared/key_names.js";

const element = (id) => document.getElementById(id);
const main = element("main");
const title = document.title;
// Nobody judges a picture sooner; a key that comes sooner was pressed twice for the one before.
const GLANCE = 250;

let mode = main.dataset.mode;
let shown = null;
let isReady = false;
let isOwn = false; // an answer of their own is being given
let troubled = false;
let shift = new AbortController(); // ends with a break
let deciding = null;
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
  element("decisions").textContent = count(tally.decisions);
  element("earned").textContent = money(tally.earned);
  element("payable").textContent = money(tally.payable);
}

/** Shows a result; it can be decided as soon as its picture can be seen. */
function turnTo(next) {
  shown = next;
  main.dataset.judgement = next.judgement;
  setMode("task");
  const { task } = next;
  ask("");
  for (const hidden of document.querySelectorAll('input[name="judgement"]')) hidden.value = next.judgement;
  givenList.offer(next.given, Boolean(task.options.labels));
  instructions.offer(task.question ? { id: task.question, unread: false } : null);
  own(false);
  ready(false);
  const veiled = pictureView.show(task, () => { if (shown === next) tell("notice.picture_failed", {}, "bad"); });
  leaseBar.run(next, lapse);
  document.title = document.hidden ? `● ${say("title.new")}` : title;
  if (veiled) element("unveil").focus();
  else seen();
}

/** Lays out the form for an own answer, with what was given in it before. */
function ask(draft) {
  const { judgement, pay, task } = shown;
  steps.open({ lease: judgement, pay, ...task, words: task.options.words }, draft);
}

// A decision must be about what was seen: the keys come alive when the picture is there and unveiled.
async function seen() {
  const result = shown;
  focus();
  try {
    await element("picture").decode();
  } catch {
    return; // the notice says that the picture failed; a skip is left
  }
  await wait(GLANCE);
  if (shown === result && mode === "task") ready(true);
}

function ready(now) {
  isReady = now;
  main.toggleAttribute("data-ready", now);
  givenList.ready(now);
  if (now && isOwn) labelButtons.seen();
  for (const id of ["another", "none"]) element(id).setAttribute("aria-disabled", String(!now));
}

/** Opens the form for an answer of their own, or closes it. */
function own(open) {
  isOwn = open;
  element("own").hidden = !open;
  element("another").setAttribute("aria-expanded", String(open));
  if (open) ask(steps.draft());
  else element("ask").textContent = say(question(shown.task.options)); // of several fields the form names one at a time
  if (open && isReady) labelButtons.seen();
  focus();
}

function focus() {
  if (mode !== "task") return;
  if (!isOwn) element("job").focus({ preventScroll: true });
  else if (steps.form().startsWith("label")) labelButtons.focus();
  else answerBox.focus();
}

// --- what is sent ------------------------------------------------------------------------------------------------

const decide = (value, said) => send("/reviewer/results/decisions", { value }, said);
const skip = () => send("/reviewer/results/skips", {}, say("notice.skipped"));
const unjudged = () => { if (isReady) decide(null, say("notice.unjudged")); };

function pick(button) {
  if (isReady) decide(button.value, say("notice.decided", { text: button.querySelector("span").textContent }));
}

function send(path, body, said) {
  if (mode !== "task" || (!isReady && path.endsWith("decisions"))) return;
  deciding = sent(path, { judgement: shown.judgement, ...body }, said);
}

async function sent(path, body, said) {
  const result = shown;
  ready(false);
  hush();
  leaseBar.stop();
  const ended = shift.signal;
  try {
    const answer = await insist("POST", path, body, () => trouble(true));
    trouble(false);
    const isDecision = path.endsWith("decisions");
    if (isDecision) earn(answer.earned);
    element("receipt").replaceChildren(isolated(said), isDecision ? `  +${money(answer.earned)}` : "");
    const next = isDecision ? answer.next : answer;
    if (ended.aborted) return;
    if (next) turnTo(next);
    else watch();
  } catch (refusal) {
    trouble(false);
    if (!ended.aborted) refused(refusal, result);
  }
}

function earn(earned) {
  tally.decisions += 1;
  tally.earned += earned;
  tally.payable += earned;
  showTally();
}

function refused(refusal, result) {
  if (refusal.refusal === "answer_unfit" && shown === result) {
    leaseBar.run(result, lapse);
    ready(true);
  } else if (refusal.refusal === "slot_lost") watch();
  else toBreak();
  explain(refusal);
}

function lapse() {
  if (mode !== "task") return;
  tell("notice.time_up", {}, "warn");
  watch();
}

/** Waits for the next result for as long as the shift lasts. */
async function watch() {
  shown = null;
  main.dataset.judgement = "";
  ready(false);
  leaseBar.stop();
  setMode("waiting");
  const { signal } = shift;
  for (let attempt = 0; !signal.aborted;) {
    try {
      const result = await nextResult(troubled, signal);
      trouble(false);
      attempt = 0;
      if (signal.aborted) return;
      if (result) return turnTo(result);
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
  history.replaceState(null, "", "/reviewer/results?at=work");
  watch();
}

/** A break gives back what lies here, so that nobody waits for it. */
async function takeBreak(event) {
  event?.preventDefault();
  if (mode === "break") return;
  toBreak();
  try {
    await deciding;
    await insist("POST", "/reviewer/results/leave", {}, () => trouble(true));
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
  history.replaceState(null, "", "/reviewer/results");
  setMode("break");
  element("receipt").textContent = "";
  element("start").focus();
}

// --- keys --------------------------------------------------------------------------------------------------------

const KEYS = {
  Escape: () => (isOwn ? own(false) : skip()),
  "Alt+KeyJ": unjudged,
  "Alt+KeyI": () => instructions.open(),
  "Alt+KeyB": () => (mode === "break" ? start() : takeBreak()),
  ...pictureView.KEYS,
};

const isTyping = (target) => Boolean(target.closest("input, textarea, select, .look[open]"));

// A number picks an answer that was given; in the form of an own one it picks a label.
function behind(event) {
  if (event.altKey || isTyping(event.target)) return null;
  const label = isOwn && steps.form().startsWith("label") ? labelButtons.behind(event.key) : null;
  if (isOwn) return label ?? null;
  return event.key === "0" ? element("another") : givenList.behind(event.key) ?? null;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || instructions.isOpen()) return;
  if (mode === "task" && event.key === "Enter" && event.repeat) event.preventDefault(); // each field wants a press of its own
  if (mode === "task" && isOwn && event.key === "Enter" && event.shiftKey && !event.altKey && steps.back()) return event.preventDefault();
  const button = mode === "task" ? behind(event) : null;
  const action = button ? () => { if (!event.repeat) button.click(); } : KEYS[keyName(event)];
  if (!action || (mode !== "task" && event.code !== "KeyB")) return;
  const isHeld = event.repeat && ["Escape", "KeyJ"].includes(event.code); // held down it must not go on to the next picture
  if (isHeld || action() !== false) event.preventDefault();
});

document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });

steps.furnish({
  answer: (text, said) => { if (isReady) decide(text, said); },
  form: () => { main.dataset.task = steps.form(); },
  turn: () => { if (isReady) labelButtons.seen(); focus(); }, // another field: the picture stays
});
instructions.furnish("reviewer/results", { trouble: () => trouble(true), closed: focus, failed: explain });
pictureView.furnish(seen);
element("another").hidden = false;
element("another").addEventListener("click", () => { if (isReady) own(!isOwn); });
element("given-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.id === "none") unjudged();
  else if (event.submitter) pick(event.submitter);
});
element("skip-form").addEventListener("submit", (event) => { event.preventDefault(); skip(); });
element("start-form").addEventListener("submit", start);
element("break-form").addEventListener("submit", takeBreak);
document.documentElement.dataset.script = "on";
presence();
if (mode === "task") turnTo(page.judgement);
if (mode === "waiting") watch();
