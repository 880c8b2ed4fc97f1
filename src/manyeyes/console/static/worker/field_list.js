// A task that asks several named answers about one picture: one is asked after the other, a list shows what was given,
// and each can be changed until the last Enter sends them all.

import { canonical, chosen, fieldsText, isLeftEmpty } from "../shared/answer_kinds.js";
import { obstacle } from "../shared/answer_rules.js";
import { say } from "../shared/page_words.js";

const list = document.getElementById("fields");

let options = null;
let texts = new Map();
let at = 0;

/** Takes the fields of a task with what was given to them before; a task without fields ends it. */
export function open(next, draft) {
  options = next?.fields ? next : null;
  list.hidden = !options;
  if (!options) return;
  texts = new Map(Object.entries(draft ? JSON.parse(draft) : {}));
  const missing = options.fields.findIndex((field) => why(field));
  at = draft && missing >= 0 ? missing : 0;
  draw();
}

export const isOpen = () => options !== null;
export const current = () => options.fields[at];
export const given = () => texts.get(current().name) ?? "";
export const isOptional = () => options.optional.includes(current().name);
export const isLast = () => at === options.fields.length - 1;
export const place = () => ({ name: current().name, n: at + 1, all: options.fields.length });

/** Keeps what is given to the field that is asked. */
export function keep(text) {
  texts.set(current().name, text);
  draw();
}

/** All that was given, as it is sent, and kept as a draft. */
export const text = () => fieldsText(texts);

/** Whether anything was given to any of them. */
export const isBegun = () => [...texts.values()].some((typed) => typed.trim() !== "");

/** What was given, in words for the receipt. */
export const words = () => options.fields.map((field) => `${field.name}: ${shown(field)}`).join("; ");

const why = (field) => {
  const typed = texts.get(field.name) ?? "";
  return isLeftEmpty(options, field, typed) ? null : obstacle(field, typed);
};

/** Why the field that is asked cannot be left; null when it can. */
export const missing = () => why(current());

/** Goes to another field; false when there is none. */
export function go(to) {
  if (to < 0 || to >= options.fields.length) return false;
  at = to;
  draw();
  return true;
}

export const next = () => go(at + 1);
export const previous = () => go(at - 1);

/** Goes to the first field that cannot be sent yet; false when all can. */
export function toMissing() {
  return go(options.fields.findIndex((field) => why(field)));
}

function shown(field) {
  const typed = texts.get(field.name) ?? "";
  if (field.kind === "labels") return [...(chosen(typed) ?? [])].join(", ") || "–";
  return canonical(field, typed) ?? (typed || "–");
}

function draw() {
  list.replaceChildren(...options.fields.map((field, n) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const [name, value] = ["b", "span"].map((tag) => document.createElement(tag));
    name.textContent = field.name;
    value.textContent = texts.get(field.name) ? shown(field) : "–";
    name.dir = value.dir = "auto";
    button.type = "button";
    button.dataset.field = n;
    button.append(name, value);
    if (n === at) item.setAttribute("aria-current", "step");
    item.toggleAttribute("data-given", Boolean(texts.get(field.name)) && !why(field));
    item.append(button);
    return item;
  }));
  list.setAttribute("aria-label", say("ask.fields"));
  list.children[at].scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Wires the list: `onGo(n)` hears which field somebody wants to change. */
export function furnish(onGo) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) onGo(Number(button.dataset.field));
  });
}
