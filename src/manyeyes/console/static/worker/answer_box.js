// The question in words and the box for the answer: keeps to the rules while one types, and says what is still missing.

import { answer, fitting, longest, obstacle, question, rules } from "../shared/answer_rules.js";
import { isolated, money, say } from "../shared/page_words.js";
import { length, within } from "../shared/text_rules.js";

const element = (id) => document.getElementById(id);
const box = element("answer");
const send = element("send");
const hint = element("hint");

let task = null;
let chips = [];
let composing = false;
let wasLong = false; // what an input method put in is never cut, nor what is typed after it

/** Asks for a task's answer, with what was typed for it before. */
export function ask(next, draft) {
  task = next;
  element("ask").textContent = task.widget_url ? say("ask.widget", { site: task.options.site }) : say(question(task.options));
  element("origin").replaceChildren(isolated(task.queue.name), ` · ${money(task.pay)}`);
  const isLabel = Boolean(task.options.labels);
  element("comment").hidden = isLabel || !task.options.comment;
  element("comment-text").textContent = task.options.comment || "";
  element("topic").hidden = !isLabel || !task.options.comment;
  element("topic").textContent = task.options.comment || "";
  element("lease-id").value = element("skip-lease").value = task.lease;
  chips = rules(task.options).map(chip);
  element("rules").replaceChildren(...chips.map(({ item }) => item));
  box.disabled = isLabel; // what a label task asks for is picked, not typed
  box.inputMode = task.options.numeric === 1 ? "numeric" : "text";
  box.removeAttribute("maxlength"); // it counts halves of characters; `obstacle` counts characters
  box.value = draft;
  wasLong = length(answer(draft)) > longest(task.options);
  judge(null);
}

function chip({ key, values, holds }) {
  const item = document.createElement("li");
  item.textContent = say(key, values);
  item.toggleAttribute("data-checked", Boolean(holds));
  return { item, holds };
}

/** The answer as typed; nothing where none is typed. */
export const typed = () => (box.disabled ? "" : box.value);

export const focus = () => box.focus({ preventScroll: true });

// Marks the kept rules and says what is missing; `leftOut` names a rule whose characters have just been kept out.
function judge(leftOut) {
  const text = answer(box.value);
  chips.forEach(({ item, holds }) => item.toggleAttribute("data-kept", Boolean(holds?.(text))));
  const help = otherHelp();
  if (help) {
    hint.textContent = say(help);
    hint.dataset.tone = "wait";
    return;
  }
  const missing = obstacle(task.options, box.value);
  send.setAttribute("aria-disabled", String(Boolean(missing)));
  const words = leftOut ? say(leftOut) : missing ? say(missing.key, missing.values) : say("hint.ready");
  if (hint.textContent !== words) hint.textContent = words;
  hint.dataset.tone = leftOut ? "warn" : missing ? "wait" : "ready";
  box.removeAttribute("aria-invalid");
}

// What there is to say of a task whose answer is not typed.
function otherHelp() {
  if (task.widget_url) return "hint.widget";
  if (!task.options.labels) return "";
  return task.options.labels.length > 10 ? "hint.label_find" : "hint.label";
}

function keepToRules(mayCut) {
  if (!task || composing) return;
  const { text: fit, hint: leftOut } = fitting(task.options, box.value);
  const behind = box.value.length - box.selectionEnd;
  const at = Math.max(fit.length - behind, 0);
  const { text, caret } = mayCut && !wasLong ? within(longest(task.options), answer, fit, at) : { text: fit, caret: at };
  if (text !== box.value) {
    box.value = text;
    box.setSelectionRange(caret, caret);
  }
  wasLong = length(answer(text)) > longest(task.options);
  judge(leftOut);
}

function insistOnRules(missing) {
  hint.textContent = say(missing.key, missing.values);
  hint.dataset.tone = "warn";
  box.setAttribute("aria-invalid", "true");
  box.classList.remove("nudge");
  void box.offsetWidth; // starts the animation anew
  box.classList.add("nudge");
  focus();
}

/** Wires the box; `onAnswer(text)` hears only of answers that keep the rules. */
export function furnish(onAnswer) {
  element("answer-form").noValidate = true;
  box.addEventListener("input", () => keepToRules(true));
  // A word being put together by an input method is not yet an answer: judge it when it is done.
  box.addEventListener("compositionstart", () => { composing = true; });
  box.addEventListener("compositionend", () => { composing = false; keepToRules(false); });
  element("answer-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!task || otherHelp() || composing) return;
    const missing = obstacle(task.options, box.value);
    if (missing) insistOnRules(missing);
    else onAnswer(answer(box.value));
  });
}
