// The quiet bar under the picture: how much of the lease is left.

import { page, say } from "./page_words.js";

const bar = document.getElementById("lease");
const left = document.getElementById("lease-left");
const LAST_SECONDS = 10;
// The lease ends by the server's clock; a worker's own clock can be minutes away from it.
const ahead = Date.parse(page.now) - Date.now();

let ends = 0;
let whole = 1;
let onEnd = () => {};
let timer = 0;

/** Runs the bar for a lease; `whenOver` is called once when its time is up. */
export function run(lease, whenOver) {
  clearInterval(timer);
  ends = Date.parse(lease.expires_at) - ahead;
  whole = Math.max(ends - Date.now(), 1);
  onEnd = whenOver;
  timer = setInterval(tick, 1000);
  tick();
}

export function stop() {
  clearInterval(timer);
}

function tick() {
  const milliseconds = Math.max(ends - Date.now(), 0);
  const seconds = Math.ceil(milliseconds / 1000);
  left.style.transform = `scaleX(${milliseconds / whole})`;
  bar.toggleAttribute("data-low", seconds <= LAST_SECONDS);
  bar.setAttribute("aria-valuenow", String(Math.round((100 * milliseconds) / whole)));
  bar.setAttribute("aria-valuetext", say("time.left", { n: seconds }));
  bar.title = say("time.left", { n: seconds });
  if (milliseconds > 0) return;
  stop();
  onEnd();
}
