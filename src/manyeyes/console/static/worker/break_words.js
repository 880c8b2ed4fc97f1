// What the screen says on a break: that work can be begun, or why it cannot, and then there is nothing to press.

import { say } from "../shared/page_words.js";

const element = (id) => document.getElementById(id);
const form = element("online-form");

/** Whether nothing can be begun. */
export const isStopped = () => form.hidden;

/** Work can be begun. */
export function allow() {
  if (isStopped()) lay("break.ready", [say("break.how")], false);
}

/** No queue is left; what is said of it already stays. */
export function bar() {
  if (!isStopped()) stop("break.stopped", [say("break.why")]);
}

/** Says why nothing can be begun, and leads to what is known of the practice of `queue`; 0: of all. */
export function stop(title, lines, queue = 0) {
  lay(title, lines, true);
  element("break-link").href = `/worker/accuracy${queue ? `#practice-${queue}` : ""}`;
}

/** Gives the focus to what can be done. */
export const focus = () => element(isStopped() ? "break-title" : "start").focus();

function lay(title, lines, isBarred) {
  form.hidden = isBarred;
  element("break-way").hidden = !isBarred;
  element("break-title").textContent = say(title);
  element("break-words").replaceChildren(...lines.map(paragraph));
}

function paragraph(words) {
  const made = document.createElement("p");
  made.className = "faint";
  made.dir = "auto";
  made.textContent = words;
  return made;
}
