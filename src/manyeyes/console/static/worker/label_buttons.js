// The labels of a task that asks for one, or for any: a button each, picked by a number, by a click, or found by typing.
// One label is sent the moment it is picked, so it can be picked only when its picture is seen; of any, each is on or off
// until Enter sends them. Enter alone never picks.

import { chosen } from "../shared/answer_kinds.js";
import { obstacle } from "../shared/answer_rules.js";
import { isComposing } from "../shared/composing.js";
import { help } from "./answer_box.js";
import { say } from "../shared/page_words.js";
import { normalised } from "../shared/text_rules.js";

const KEYS = 10; // 1 to 9 and 0; with more labels than that one types to find
const GLANCE = 250; // milliseconds: nobody judges a picture sooner; a key that comes sooner was meant for the one before
const element = (id) => document.getElementById(id);
const group = element("labels");
const box = element("find");

let options = {};
let step = {}; // `ready`: the hint when Enter takes what is on; `mayBeEmpty`: none at all may be given
let on = new Set();
let isNone = false; // "none of them" is a choice of its own: nothing being on is none
let hasSteered = false;
let buttons = [];
let marked = 0; // which of the buttons in sight Enter takes
let isReady = false;
let timer = 0;

const isAny = () => options.kind === "labels";
const mayBeNone = () => isAny() && !options.at_least && !step.mayBeEmpty;

/** Draws the labels of a task, with those that were on before; of a task without labels it takes them away. */
export function offer(next, draft = "", how = {}) {
  [options, step] = [next, how];
  const labels = (options.labels ?? []).map((label) => (typeof label === "string" ? { number: label, name: label } : label));
  const isLong = labels.length > KEYS;
  const before = isAny() ? chosen(draft) : new Set(labels.some(({ number }) => String(number) === draft) ? [draft] : []);
  on = before ?? new Set();
  isNone = mayBeNone() && before !== null && on.size === 0;
  buttons = labels.map((label, at) => button(label, isLong ? "" : String((at + 1) % KEYS)));
  if (mayBeNone()) buttons.push(button({ number: "", name: say("label.none") }, labels.length < KEYS ? "0" : "", true));
  group.hidden = labels.length === 0;
  group.replaceChildren(...buttons);
  group.toggleAttribute("data-many", isLong);
  element("finder").hidden = !isLong;
  box.value = "";
  wait();
  find();
  press();
}

function button({ number, name }, key, none = false) {
  const made = document.createElement("button");
  made.type = isAny() ? "button" : "submit";
  made.name = "text";
  made.toggleAttribute("data-none", none);
  if (isAny()) made.addEventListener("click", () => toggle(made));
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

function toggle(made) {
  if (!isReady) return;
  if (made.hasAttribute("data-none")) {
    isNone = !isNone;
    on.clear();
  } else {
    if (!on.delete(made.value)) on.add(made.value);
    isNone = false;
  }
  press();
}

// Shows which labels are on, and says what Enter does now.
function press() {
  for (const each of buttons) {
    const isOn = each.hasAttribute("data-none") ? isNone : on.has(each.value);
    if (isAny()) each.setAttribute("aria-pressed", String(isOn));
    each.toggleAttribute("data-on", isOn);
  }
  if (!buttons.length) return;
  const missing = on.size || isNone ? obstacle(options, given()) : null;
  const isDone = (on.size > 0 || isNone) && !missing;
  if (isDone) help(step.ready ?? "hint.ready", {}, "ready");
  else if (missing) help(missing.key, missing.values);
  else help(step.mayBeEmpty ? "hint.optional" : `hint.${isAny() ? "labels" : "label"}${element("finder").hidden ? "" : "_find"}`);
  element("send").setAttribute("aria-disabled", String(!isDone && !step.mayBeEmpty));
}

/** What is on, as an answer; empty when nothing was picked. */
export function given() {
  if (!isAny()) return [...on][0] ?? "";
  return on.size || isNone ? JSON.stringify(options.labels.filter((label) => on.has(label))) : "";
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
  hasSteered = false;
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
  const move = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (event.altKey || event.ctrlKey || event.metaKey || isComposing(event)) return;
  if (event.key === "Enter" && !event.shiftKey && (event.target === box || isAny() || !event.target.closest(".label"))) {
    event.preventDefault();
    if (!event.repeat) enter(event.target === box && (box.value.trim() !== "" || hasSteered));
  } else if (event.target === box && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    hasSteered = true;
    mark(marked + move);
  } else if (move && event.target !== box) {
    event.preventDefault();
    const shown = ordered();
    shown[(shown.indexOf(document.activeElement) + move + shown.length) % shown.length]?.focus();
  }
}

// Enter: takes the label that was looked for; else sends what is on.
function enter(hasFound) {
  if (hasFound) {
    ordered()[marked]?.click();
    if (!isAny()) return;
    box.value = "";
    find();
  } else send();
}

let wants = null;

function send() {
  if (!isReady) return;
  const missing = obstacle(options, given());
  if (given() && !missing) {
    const name = isAny() ? "" : buttons.find((each) => on.has(each.value)).querySelector("span").textContent;
    ready(false);
    if (isAny()) wants.labels(new Set(on));
    else wants.label(given(), name);
  } else if (!given() && step.mayBeEmpty) {
    ready(false);
    wants.empty();
  } else {
    help(missing?.key ?? "hint.choice", missing?.values, "warn");
  }
}

/** Wires the labels: `label(number, name)` hears which was picked, `labels(names)` which were sent, `empty()` that none. */
export function furnish(heard) {
  wants = heard;
  box.addEventListener("input", find);
  for (const place of [group, box]) place.addEventListener("keydown", steer);
  element("answer-form").addEventListener("submit", (event) => {
    const picked = event.submitter;
    if (isAny()) return send();
    if (!picked?.classList.contains("label") || !isReady) return;
    ready(false);
    picked.classList.add("pressed");
    wants.label(picked.value, picked.querySelector("span").textContent);
  });
}
