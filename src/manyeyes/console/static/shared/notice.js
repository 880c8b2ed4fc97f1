// The line above the screen that says what happened, and what to do about it.

import { isolated, knows, page, say } from "./page_words.js";

const notice = document.getElementById("notice");
const BRIEFLY = 2500;
const OPERATORS = ["unknown_token", "worker_disabled", "queue_not_allowed", "not_reviewer"];

/** Says the sentence `key`, and `more` behind it; `tone` is empty, warn or bad. */
export function tell(key, values = {}, tone = "", more = "") {
  const words = more ? `${say(key, values)} ${more}` : say(key, values);
  notice.textContent = words;
  notice.className = `notice ${tone}`;
  notice.dataset.key = key;
  notice.hidden = false;
  if (key === "notice.back") setTimeout(() => { if (notice.textContent === words) hush(); }, BRIEFLY);
}

export function hush() {
  notice.hidden = true;
  notice.textContent = "";
  notice.dataset.key = "";
}

/** Ends a sentence that is not true any more; others stay. */
export function settle(key) {
  if (notice.dataset.key === key) hush();
}

/** Says why the server refused something; where only the operator can help, also who that is. */
export function explain({ refusal, reason }) {
  const key = `notice.${refusal}`;
  tell(knows(key) ? key : "notice.refused", { reason: reason || refusal }, "warn");
  if (OPERATORS.includes(refusal) && page.contact) notice.append(" ", isolated(page.contact));
  if (refusal === "unknown_token") notice.append(" ", wayBack());
}

/** The way of whoever is signed out and has no link. */
function wayBack() {
  const way = document.createElement("a");
  way.href = "/link";
  way.textContent = say("link.ask");
  return way;
}
