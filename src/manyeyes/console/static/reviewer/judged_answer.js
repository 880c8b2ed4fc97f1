// What a reviewer judges: the question in words, and the answer that was given, large and with its signs told apart.

import { alike, length, runs } from "./glyphs.js";
import { judgedBy, question } from "../shared/answer_rules.js";
import { isolated, money, say } from "../shared/page_words.js";

const element = (id) => document.getElementById(id);

/** Writes a slot's question and answer. */
export function write({ slot, task, answer, pay }) {
  const { options } = task;
  element("slot").value = slot;
  element("ask").textContent = say(question(options));
  element("rules").replaceChildren(...judgedBy(options).map(({ key, values }) => item(say(key, values))));
  element("comment").hidden = !options.comment;
  element("comment-text").textContent = options.comment || "";
  element("origin").replaceChildren(isolated(task.queue.name), ` · ${money(pay)}`);
  const labels = (options.labels ?? []).map(({ name }) => name);
  element("choices").replaceChildren(...labels.map((name) => item(name)));
  element("choices").querySelectorAll("li").forEach((each) => { each.dir = "auto"; });
  element("alike-words").textContent = say(labels.length ? "verdict.several" : "verdict.alike");
  const given = element("given");
  given.toggleAttribute("data-label", labels.length > 0);
  given.dataset.length = length(answer.text);
  const pieces = labels.length ? [{ text: answer.text, isDigits: false }] : runs(answer.text);
  given.replaceChildren(...pieces.map((run) => (run.isDigits ? bold(run.text) : run.text)));
  element("glyphs").replaceChildren(...alike(options, answer.text).map(({ sign, key }) => item(bold(sign), ` ${say(key)}`)));
}

function item(...content) {
  const found = document.createElement("li");
  found.append(...content);
  return found;
}

function bold(text) {
  const found = document.createElement("b");
  found.textContent = text;
  return found;
}
