// The labels of a task that asks for one: a button each, picked by a number, by a click, or found by typing.
// A label is sent the moment it is picked, so it can be picked only when its picture is seen.

import { say } from "../shared/page_words.js";
import { normalised } from "../shared/text_rules.js";

const KEYS = 10; // 1 to 9 and 0; with more labels than that one types to find
const GLANCE = 250; // milliseconds: nobody judges a picture sooner; a key that comes sooner was meant for the one before
const element = (id) => document.getElementById(id);
const group = element("labels");
const box = element("find");

let buttons = [];
let marked = 0; // which of the buttons in sight Enter takes
let isReady = false;
let timer = 0;

/** Draws the labels of a task; of a task without labels it takes them away. */
export function offer(options) {
  const labels = options.labels ?? [];
  const isLong = labels.length > KEYS;
  buttons = labels.map((label, at) => button(label, isLong ? "" : String((at + 1) % KEYS)));
  group.hidden = labels.length === 0;
  group.replaceChildren(...buttons);
  group.toggleAttribute("data-many", isLong);
  element("finder").hidden = !isLong;
  box.value = "";
  wait();
  find();
}

function button({ number, name }, key) {
  const made = document.createElement("button");
  made.type = "submit";
  made.name = "text";
  made.value = String(number);
  made.className = "label";
  const words = document.createElement("span");
  words.dir = "auto";
  words.textContent = name;
  if (key) {
    const cap = document.createElement("kbd");
    cap.setAttribute("aria-hidden", "true");
    cap.textContent = key;
    made.setAttribute("aria-keyshortcuts", key);
    made.append(cap);
  }
  made.append(words);
  return made;
}

/** Nothing can be picked until `seen` is told that the picture is there. */
export function wait() {
  clearTimeout(timer);
  ready(false);
}

/** The picture is seen, unveiled: after a glance a label can be picked. */
export function seen() {
  clearTimeout(timer);
  timer = setTimeout(() => ready(true), GLANCE);
}

function ready(now) {
  isReady = now && buttons.length > 0;
  group.toggleAttribute("data-ready", isReady);
  buttons.forEach((each) => each.setAttribute("aria-disabled", String(!isReady)));
}

// On a touch screen the box would bring up a keyboard, over the labels.
const isTouched = matchMedia("(pointer: coarse)");

/** Where the hands go on: the box to find with, where that is how one picks. */
export const focus = () => (element("finder").hidden || isTouched.matches ? group : box).focus({ preventScroll: true });

/** The label behind a number key, to be clicked; null when there is none, or one types to find. */
export function behind(key) {
  return element("finder").hidden ? buttons.find((each) => each.getAttribute("aria-keyshortcuts") === key) : undefined;
}

// --- finding among many --------------------------------------------------------------------------------------------

const plain = (text) => normalised(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const inSight = () => buttons.filter((each) => !each.hidden);

// What begins with the words stands before what only has them inside.
function find() {
  const wanted = plain(box.value);
  const names = new Map(buttons.map((each) => [each, plain(each.textContent)]));
  for (const [each, name] of names) {
    each.hidden = !name.includes(wanted);
    each.style.order = name.startsWith(wanted) ? 0 : 1;
  }
  mark(0);
}

function mark(at) {
  const shown = ordered();
  marked = Math.max(0, Math.min(at, shown.length - 1));
  const isFinding = !element("finder").hidden;
  buttons.forEach((each) => each.toggleAttribute("data-marked", isFinding && each === shown[marked]));
  if (isFinding) shown[marked]?.scrollIntoView({ block: "nearest" });
  if (isFinding) element("found").textContent = shown[marked]?.textContent ?? say("hint.label_none");
}

const ordered = () => inSight().sort((one, other) => one.style.order - other.style.order);

function steer(event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.target === box && event.key === "Enter") {
    event.preventDefault();
    if (!event.repeat) ordered()[marked]?.click();
  } else if (event.target === box && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    mark(marked + step);
  } else if (step && event.target !== box) {
    event.preventDefault();
    const shown = ordered();
    shown[(shown.indexOf(document.activeElement) + step + shown.length) % shown.length]?.focus();
  }
}

/** Wires the labels: `onLabel(number, name)` hears what was picked. */
export function furnish(onLabel) {
  box.addEventListener("input", find);
  for (const place of [group, box]) place.addEventListener("keydown", steer);
  element("answer-form").addEventListener("submit", (event) => {
    const picked = event.submitter;
    if (!picked?.classList.contains("label") || !isReady) return;
    ready(false);
    picked.classList.add("pressed");
    onLabel(picked.value, picked.querySelector("span").textContent);
  });
}
