// The screen where reviewers decide results: one after another, by a number key, or by an answer of their own.

import * as answerBox from "../worker/answer_box.js";
import * as labelButtons from "../worker/label_buttons.js";
import * as steps from "../worker/answer_steps.js";
import { question } from "../shared/answer_rules.js";
import { canDecide, element, furnish, isAtTask, isTyping, lying, main, mayDecide, send } from "./desk_frame.js";
import { tell } from "../shared/notice.js";
import * as givenList from "./given_list.js";
import { page, say } from "../shared/page_words.js";

let warned = ""; // of which result it was said that what was typed would be lost
let isOwn = false; // an answer of their own is being given

/** Lays out the form for an own answer, with what was given in it before. */
function ask(draft) {
  const { judgement, pay, task } = lying();
  steps.open({ lease: judgement, pay, ...task, words: task.options.words }, draft);
}

/** Asks for the whole again: of several fields the form names one at a time, with its words and its rules. */
function askAll(options) {
  element("ask").textContent = say(question(options));
  if (options.kind !== "fields") return;
  element("topic").hidden = true;
  element("rules").replaceChildren();
}

/** Opens the form for an answer of their own, or closes it. */
function own(open) {
  isOwn = open;
  element("own").hidden = !open;
  element("another").setAttribute("aria-expanded", String(open));
  if (open) ask(steps.draft());
  else askAll(lying().task.options);
  if (open && canDecide()) labelButtons.seen();
  focus();
}

function focus() {
  if (!isAtTask()) return;
  if (!isOwn) element("job").focus({ preventScroll: true });
  else if (steps.form().startsWith("label")) labelButtons.focus();
  else answerBox.focus();
}

// --- what is sent ------------------------------------------------------------------------------------------------

const decide = (value, said) => { if (mayDecide()) send("/decisions", { value, undo: true }, said); };
// Passed on is passed on for good: what was typed is not to be lost by one touch.
function skip() {
  const isAsked = warned === lying().judgement;
  warned = lying().judgement;
  if (!isAsked && steps.isBegun()) return tell("notice.pass_asks", { key: page.skip_key }, "warn");
  return send("/skips", {}, say("notice.skipped"));
}
const unjudged = () => decide(null, say("notice.unjudged"));
const pick = (button) => decide(button.value, say("notice.decided", { text: button.querySelector("span").textContent }));

// --- keys --------------------------------------------------------------------------------------------------------

// A number picks an answer that was given; in the form of an own one it picks a label.
function behind(event) {
  if (event.altKey || isTyping(event.target)) return null;
  const label = isOwn && steps.form().startsWith("label") ? labelButtons.behind(event.key) : null;
  if (isOwn) return label ?? null;
  return event.key === "0" ? element("another") : givenList.behind(event.key) ?? null;
}

function action(event) {
  if (event.key === "Enter" && event.repeat) event.preventDefault(); // each field wants a press of its own
  if (isOwn && event.key === "Enter" && event.shiftKey && !event.altKey) return () => steps.back();
  const button = behind(event);
  return button && (() => { if (!event.repeat) button.click(); });
}

steps.furnish({
  answer: decide,
  form: () => { main.dataset.task = steps.form(); },
  turn: () => { if (canDecide()) labelButtons.seen(); focus(); }, // another field: the picture stays
});
element("another").hidden = false;
element("another").addEventListener("click", () => { if (mayDecide()) own(!isOwn); });
element("given-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.id === "none") unjudged();
  else if (event.submitter) pick(event.submitter);
});
element("skip-form").addEventListener("submit", (event) => { event.preventDefault(); skip(); });

furnish({
  path: "/reviewer/results",
  name: "judgement",
  counted: "decisions",
  lay: ({ given, task }) => {
    ask("");
    givenList.offer(given, Boolean(task.options.labels));
    own(false);
  },
  ready: (now) => {
    givenList.ready(now);
    if (now && isOwn) labelButtons.seen();
    for (const id of ["another", "none"]) element(id).setAttribute("aria-disabled", String(!now));
  },
  focus,
  draft: () => (isOwn ? steps.draft() : ""),
  restore: (draft) => {
    if (!draft) return;
    ask(draft);
    own(true);
  },
  keys: { Escape: () => (isOwn ? own(false) : skip()), "Alt+KeyJ": unjudged },
  action,
});
