// What a reviewer judges: the question in words, and the answer that was given, large and with its signs told apart.

import { alike, length, runs } from "./glyphs.js";
import { judgedBy, question } from "../shared/answer_rules.js";
import { isolated, money, say } from "../shared/page_words.js";

const element = (id) => document.getElementById(id);

/** Writes a slot's question and answer. */
export function write({ task, answer, pay }) {
  const { options } = task;
  element("ask").textContent = say(question(options));
  element("rules").replaceChildren(...judgedBy(options).map(({ key, values }) => item(say(key, values))));
  const said = options.comment ?? options.words;
  element("comment").hidden = !said;
  element("comment-text").textContent = said || "";
  element("origin").replaceChildren(isolated(task.queue.name), ` · ${money(pay)}`);
  const labels = (options.labels ?? []).map((label) => label.name ?? label);
  element("choices").replaceChildren(...labels.map((name) => item(name)));
  element("choices").querySelectorAll("li").forEach((each) => { each.dir = "auto"; });
  element("alike-words").textContent = say(`verdict.${eitherWay(options)}`);
  const given = element("given");
  given.toggleAttribute("data-label", labels.length > 0);
  given.toggleAttribute("data-parts", Boolean(answer.fields || answer.chosen?.length));
  given.dataset.length = length(answer.text);
  const pieces = labels.length ? [{ text: answer.text, isDigits: false }] : runs(answer.text);
  given.replaceChildren(...pieces.map(written));
  element("given-unit").hidden = !options.unit;
  element("given-unit").textContent = options.unit ?? "";
  element("given-chips").replaceChildren(...(answer.chosen ?? []).map((name) => item(isolated(name))));
  element("given-fields").replaceChildren(...(answer.fields ?? []).map(field));
  element("glyphs").replaceChildren(...alike(options, answer.text).map(({ sign, key }) => item(bold(sign), ` ${say(key)}`)));
}

/** Which excuse an answer of this kind has: signs "alike", "several" labels, "either" reading. */
export function eitherWay(options) {
  if (options.labels && options.kind !== "labels") return "several";
  return options.kind && options.kind !== "text" ? "either" : "alike";
}

const written = (run) => (run.isDigits ? bold(run.text) : run.text);

function field({ name, text }) {
  const row = document.createElement("div");
  const [title, value] = ["dt", "dd"].map((tag) => document.createElement(tag));
  title.dir = value.dir = "auto";
  title.textContent = name;
  value.append(...runs(text).map(written));
  row.append(title, value);
  return row;
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
