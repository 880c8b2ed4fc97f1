// The question in words and the box for the answer: keeps to the rules while one types, and says what is still missing.

import { isComposing } from "../shared/composing.js";
import { answer, fitting, longest, obstacle, question, rules } from "../shared/answer_rules.js";
import { isolated, money, say } from "../shared/page_words.js";
import { length, within } from "../shared/text_rules.js";

const element = (id) => document.getElementById(id);
const box = element("answer");
const send = element("send");
const hint = element("hint");

let task = null;
let step = null; // of several fields the one that is asked
let chips = [];
let composing = false;
let wasLong = false; // what an input method put in is never cut, nor what is typed after it

/** Asks for a task's answer, with what was typed for it before. `field`: which one is asked, null where there is one. */
export function ask(next, draft, field) {
  [task, step] = [next, field];
  const asks = task.widget_url ? say("ask.widget", { site: task.options.site }) : say(question(task.options));
  element("ask").textContent = step ? say("ask.field", step.place) : asks;
  element("origin").replaceChildren(isolated(task.queue.name), ` · ${money(task.pay)}`);
  const isLabel = Boolean(task.options.labels);
  const isReview = isLabel && !task.options.kind;
  const said = (step ? task.words : task.options.comment ?? task.options.words) || "";
  const topic = step ? step.words || asks : isReview ? said : "";
  element("comment").hidden = isReview || !said;
  element("comment-text").textContent = said;
  element("topic").hidden = !topic;
  element("topic").textContent = topic;
  element("unit").hidden = !task.options.unit;
  element("unit").textContent = task.options.unit ?? "";
  element("lease-id").value = element("skip-lease").value = task.lease;
  chips = rules(task.options).filter(({ key }) => key !== "rule.unit").map(chip); // the unit stands beside the box
  element("rules").replaceChildren(...chips.map(({ item }) => item));
  box.disabled = isLabel; // what a label task asks for is picked, not typed
  box.inputMode = keyboard(task.options);
  box.required = !step?.mayBeEmpty;
  box.removeAttribute("maxlength"); // it counts halves of characters; `obstacle` counts characters
  box.value = draft;
  wasLong = length(answer(draft)) > longest(task.options);
  judge(null);
}

// Which keys a touch screen shows: those for numbers often lack a minus.
function keyboard(options) {
  if (options.kind !== "number") return options.numeric === 1 ? "numeric" : "text";
  if (!(Number(options.min) >= 0) || options.min === null) return "text";
  return options.decimals === 0 ? "numeric" : "decimal";
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
  const text = answer(box.value, task.options);
  chips.forEach(({ item, holds }) => item.toggleAttribute("data-kept", Boolean(holds?.(text))));
  const help = otherHelp();
  if (help) {
    hint.textContent = say(help);
    hint.dataset.tone = "wait";
    return;
  }
  const missing = why();
  send.setAttribute("aria-disabled", String(Boolean(missing)));
  const words = leftOut ? say(leftOut) : missing ? say(missing.key, missing.values) : encouraged(text);
  if (hint.textContent !== words) hint.textContent = words;
  hint.dataset.tone = leftOut ? "warn" : missing ? "wait" : "ready";
  box.removeAttribute("aria-invalid");
}

// Why what is in the box cannot be sent; null when it can, or may be left empty.
const why = () => (step?.mayBeEmpty && !answer(box.value) ? null : obstacle(task.options, box.value));

// A number that is written otherwise than it was typed is shown before it goes.
function encouraged(text) {
  if (step?.mayBeEmpty && !text) return say("hint.optional");
  if (task.options.kind === "number" && text !== answer(box.value)) {
    return step && step.ready !== "hint.ready" ? `${text} · ${say(step.ready)}` : say("hint.sends", { text });
  }
  return say(step?.ready ?? "hint.ready");
}

// What there is to say of a task whose answer is not typed; of labels their buttons say the rest.
function otherHelp() {
  if (task.widget_url) return "hint.widget";
  if (!task.options.labels) return "";
  const many = task.options.labels.length > 10 ? "_find" : "";
  return task.options.kind === "labels" ? `hint.labels${many}` : `hint.label${many}`;
}

/** Says something about an answer that is not typed. */
export function help(key, values, tone = "wait") {
  hint.textContent = say(key, values);
  hint.dataset.tone = tone;
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

/** Says what is missing, and goes where it can be mended. */
export function insist(missing) {
  help(missing.key, missing.values, "warn");
  if (box.disabled) return;
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
  // The Enter that ends such a word sends nothing, also where it comes after the word's end.
  box.addEventListener("keydown", (event) => { if (event.key === "Enter" && isComposing(event)) event.preventDefault(); });
  element("answer-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!task || otherHelp() || composing) return;
    const missing = why();
    if (missing) insist(missing);
    else onAnswer(answer(box.value, task.options));
  });
}
