// What is said about a question: over the task before the first one, and again on a key; for reviewers with their guide.

import { isolated } from "./page_words.js";
import { insist } from "./server_calls.js";

const element = (id) => document.getElementById(id);
const panel = element("instructions");
const opener = element("how");

let [question, guide] = [null, ""];
const GUIDE = "guide"; // what is read where nothing is said about the question
let reading = ""; // whose question the panel was opened for; empty when its task has gone
let wants = null;
let reader = "";
const path = (id) => `/${reader}/questions/${id}`;
const passed = new Set(); // what lies on the desk may say for a moment longer that it is unread

/** A task is shown: `next` is its question {id, unread}, or undefined where nothing is said about it; `told`: the guide of its
    queue for reviewers, if there is one. */
export function offer(next, told) {
  reading = "";
  if (panel.open) panel.close();
  [question, guide] = [next ?? null, told ?? ""];
  opener.hidden = !question && !guide;
  if (question?.unread && !passed.has(question.id)) open();
}

export const isOpen = () => panel.open;

/** Shows what is said; false when there is nothing. */
export async function open() {
  if (opener.hidden || panel.open) return false;
  const id = question?.id;
  reading = id ?? GUIDE;
  panel.showModal();
  fill({ words: "", instructions: id ? "…" : "", examples: [] });
  if (!id) return true;
  try {
    const told = await insist("GET", path(id), undefined, wants.trouble);
    if (question?.id === id) fill(told);
  } catch (refusal) {
    if (panel.open) panel.close();
    wants.failed(refusal);
  }
  return true;
}

function fill(told) {
  element("instructions-ask").textContent = told.words;
  element("instructions-text").textContent = told.instructions;
  element("examples").replaceChildren(...told.examples.map(example));
  element("examples-title").hidden = told.examples.length === 0;
  if (element("guide")) element("guide").hidden = !guide;
  if (guide) element("guide-text").textContent = guide;
  element("instructions-start").focus();
}

function example({ text, words, fields, image_url: address }) {
  const item = document.createElement("li");
  if (address) {
    const image = document.createElement("img");
    image.src = address;
    image.alt = "";
    item.append(image);
  }
  const answer = document.createElement(fields ? "dl" : "p");
  answer.className = "example-answer";
  answer.append(...(fields ? fields.map(pair) : [isolated(text)]));
  const why = document.createElement("p");
  why.dir = "auto";
  why.textContent = words;
  item.append(answer, why);
  return item;
}

function pair({ name, text }) {
  const row = document.createElement("div");
  row.append(...[["dt", name], ["dd", text]].map(([tag, words]) => {
    const part = document.createElement(tag);
    part.dir = "auto";
    part.textContent = words;
    return part;
  }));
  return row;
}

/** Wires the panel of a "worker" or "reviewer". `heard`: trouble() while the server is away, failed(refusal), and closed(),
    which gives the focus back. */
export function furnish(who, heard) {
  [reader, wants] = [who, heard];
  opener.addEventListener("click", () => open());
  element("instructions-start").addEventListener("click", () => panel.close());
  panel.addEventListener("close", () => {
    const id = reading;
    if (!id) return;
    if (question?.unread && !passed.has(id)) {
      passed.add(id);
      insist("POST", `${path(id)}/seen`, {}, wants.trouble).catch(wants.failed);
    }
    wants.closed();
  });
}

