// The answers that people gave, a button each: picked by a number or a click, once the picture is seen.

import { runs } from "./glyphs.js";

const KEYS = 9;
const list = document.getElementById("given-list");
let buttons = [];

/** Draws the answers; `isLabel`: a name of a label, in which no signs are told apart. */
export function offer(given, isLabel) {
  buttons = given.map((each, at) => button(each, at < KEYS ? String(at + 1) : "", isLabel));
  list.replaceChildren(...buttons);
}

function button({ value, text, fields }, key, isLabel) {
  const made = document.createElement("button");
  made.type = "submit";
  made.name = "given";
  made.value = value;
  made.className = "offer";
  made.toggleAttribute("data-label", isLabel);
  if (key) {
    const cap = document.createElement("kbd");
    cap.setAttribute("aria-hidden", "true");
    cap.textContent = key;
    made.setAttribute("aria-keyshortcuts", key);
    made.append(cap);
  }
  made.append(fields ? parts(fields) : words(text, isLabel));
  return made;
}

function words(text, isLabel) {
  const found = document.createElement("span");
  found.dir = "auto";
  found.append(...(isLabel ? [text] : runs(text).map(written)));
  return found;
}

function parts(fields) {
  const found = document.createElement("span");
  found.className = "offer-fields";
  found.append(...fields.map(({ name, text }) => {
    const row = document.createElement("span");
    const [title, value] = ["i", "bdi"].map((tag) => document.createElement(tag));
    title.dir = "auto";
    title.textContent = name;
    value.append(...runs(text).map(written));
    row.append(title, " ", value);
    return row;
  }));
  return found;
}

function written(run) {
  if (!run.isDigits) return run.text;
  const found = document.createElement("b");
  found.textContent = run.text;
  return found;
}

/** Whether an answer can be picked. */
export function ready(now) {
  buttons.forEach((each) => each.setAttribute("aria-disabled", String(!now)));
}

/** The button behind a number key; undefined when there is none. */
export const behind = (key) => buttons.find((each) => each.getAttribute("aria-keyshortcuts") === key);
