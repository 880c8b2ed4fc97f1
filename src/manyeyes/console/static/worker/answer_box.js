// The question in words and the box for the answer: keeps to the rules while one types, and says what is still missing.

import { LONGEST, fitting, obstacle, question, rules } from "../shared/answer_rules.js";
import { money, say } from "../shared/page_words.js";

const element = (id) => document.getElementById(id);
const box = element("answer");
const send = element("send");
const hint = element("hint");

let task = null;
let chips = [];
let composing = false;

/** Asks for a task's answer, with what was typed for it before. */
export function ask(next, draft) {
  task = next;
  element("ask").textContent = task.widget_url ? say("ask.widget", { site: task.options.site }) : say(question(task.options));
  element("origin").textContent = `${task.queue.name} · ${money(task.pay)}`;
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
  box.removeAttribute("pattern");
  box.removeAttribute("minlength");
  box.maxLength = task.options.max_length || LONGEST;
  box.value = draft;
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
  const text = box.value.trim();
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

function keepToRules() {
  if (!task || composing) return;
  const { text, hint: leftOut } = fitting(task.options, box.value);
  if (text !== box.value) {
    const behind = box.value.length - box.selectionEnd;
    box.value = text;
    box.setSelectionRange(Math.max(text.length - behind, 0), Math.max(text.length - behind, 0));
  }
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
  box.addEventListener("input", keepToRules);
  // A word being put together by an input method is not yet an answer: judge it when it is done.
  box.addEventListener("compositionstart", () => { composing = true; });
  box.addEventListener("compositionend", () => { composing = false; keepToRules(); });
  element("answer-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!task || otherHelp() || composing) return;
    const missing = obstacle(task.options, box.value);
    if (missing) insistOnRules(missing);
    else onAnswer(box.value.trim());
  });
}
