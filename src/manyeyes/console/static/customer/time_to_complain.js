// How long something can still be said of an answer, told second by second; the seconds left are the server's, from when
// they came.

import { say } from "../shared/page_words.js";

let clock = 0;

/** Begins to count when a form with `data-left` is on the page; one whose time is over is hidden. */
export function count() {
  if (!clock && document.querySelector("[data-left]")) clock = setInterval(tick, 1000);
}

/** Lets a form count from the seconds of another copy of it. */
export function recount(form, copy) {
  form.dataset.left = copy.dataset.left;
  form.until = undefined;
  form.hidden = false;
}

function tick() {
  let isOne = false;
  for (const form of document.querySelectorAll("[data-left]")) {
    form.until ??= performance.now() + Number(form.dataset.left) * 1000;
    const left = Math.max(0, Math.ceil((form.until - performance.now()) / 1000));
    form.querySelector(".left").textContent = say("time.left", { n: left });
    if (!left && !form.contains(document.activeElement)) form.hidden = true;
    isOne ||= left > 0 || !form.hidden;
  }
  if (isOne) return;
  clearInterval(clock);
  clock = 0;
}
