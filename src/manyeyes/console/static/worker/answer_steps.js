// What the screen asks at once, and what follows: a task's one answer is sent, of several fields the next one is asked.

import { choices } from "../shared/answer_kinds.js";
import { say } from "../shared/page_words.js";
import * as answerBox from "./answer_box.js";
import * as fields from "./field_list.js";
import * as labelButtons from "./label_buttons.js";
import { markPractice } from "./practice_mark.js";

let task = null;
let told = null;

/** What is asked now: the task's options, or those of one of its fields. */
export const asked = () => (fields.isOpen() ? fields.current() : task.options);

/** Which form the answer to it has: "widget", "label", "labels", or "picture", where one types. */
export function form() {
  if (task.widget_url) return "widget";
  return asked().labels ? (asked().kind === "labels" ? "labels" : "label") : "picture";
}

/** Asks for a task's answer, with what was given before. */
export function open(next, draft) {
  task = next;
  markPractice(task);
  fields.open(task.options, draft);
  lay(fields.isOpen() ? fields.given() : draft);
}

function lay(draft) {
  const step = fields.isOpen()
    ? { place: fields.place(), words: asked().words, ready: ready(), mayBeEmpty: fields.isOptional() }
    : null;
  answerBox.ask({ ...task, options: asked() }, draft, step);
  labelButtons.offer(asked(), draft, { ready: ready(), mayBeEmpty: Boolean(step?.mayBeEmpty) });
  told.form();
}

const ready = () => (fields.isOpen() && !fields.isLast() ? "hint.next_field" : "hint.ready");

/** What is given so far, as it comes back when the task does. */
export function draft() {
  if (!task) return "";
  const now = form() === "picture" ? answerBox.typed() : labelButtons.given();
  if (!fields.isOpen()) return now;
  fields.keep(now);
  return fields.text();
}

/** Whether anything was typed or chosen that would be lost. */
export const isBegun = () => {
  const given = draft();
  return fields.isOpen() ? fields.isBegun() : given.trim() !== "";
};

// A field is done: the next one, or all of them are sent.
function took(text, words) {
  if (!fields.isOpen()) return told.answer(text, words);
  fields.keep(text);
  if (!fields.isLast()) {
    fields.next();
    return turn();
  }
  if (fields.toMissing()) {
    turn();
    return answerBox.insist(fields.missing());
  }
  return told.answer(fields.text(), say("notice.sent", { text: fields.words() }));
}

function turn() {
  lay(fields.given());
  told.turn();
}

/** Goes back to the field before; false when there is none. */
export function back() {
  if (!task || !fields.isOpen()) return false;
  draft();
  if (fields.previous()) turn();
  return true;
}

/** Wires all that takes answers. `wants`: answer(text, words) sends one, form() hears that another form is shown, turn()
    that another field is asked. */
export function furnish(wants) {
  told = wants;
  answerBox.furnish((text) => took(text, say("notice.sent", { text })));
  labelButtons.furnish({
    label: (value, name) => took(value, say("notice.chosen", { text: name })),
    labels: (names) => took(choices(asked(), names), say("notice.chosen", { text: asked().labels.filter((l) => names.has(l)).join(", ") || say("label.none") })),
    empty: () => took("", ""),
  });
  fields.furnish((n) => {
    draft();
    fields.go(n);
    turn();
  });
}
