// The line above the screen that says what happened, and what to do about it.

import { knows, say } from "./page_words.js";

const notice = document.getElementById("notice");
const BRIEFLY = 2500;

/** Says the sentence `key`; `tone` is empty, warn or bad. */
export function tell(key, values = {}, tone = "") {
  const words = say(key, values);
  notice.textContent = words;
  notice.className = `notice ${tone}`;
  notice.hidden = false;
  if (key === "notice.back") setTimeout(() => { if (notice.textContent === words) hush(); }, BRIEFLY);
}

export function hush() {
  notice.hidden = true;
  notice.textContent = "";
}

/** Says why the server refused something. */
export function explain({ refusal, reason }) {
  const key = `notice.${refusal}`;
  tell(knows(key) ? key : "notice.refused", { reason: reason || refusal }, "warn");
}
