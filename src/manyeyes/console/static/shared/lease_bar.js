// The quiet bar under the picture: how much of the lease is left, in figures when it is little.

import { say } from "./page_words.js";
import { here } from "./server_clock.js";

const element = (id) => document.getElementById(id);
const bar = element("lease");
const left = element("lease-left");
const low = element("time-low");
const LAST_SECONDS = 15;

let ends = 0;
let whole = 1;
let heard = {};
let timer = 0;
let isLast = false;

/** Runs the bar for a lease; `next` hears tick() every second, and over() once when its time is up. */
export function run(lease, next) {
  clearInterval(timer);
  heard = next;
  extend(lease);
  timer = setInterval(tick, 1000);
}

/** Takes over until when the lease lasts now, and whether it may last longer. */
export function extend(lease) {
  ends = here(lease.expires_at);
  whole = Math.max(ends - Date.now(), 1);
  isLast = Boolean(lease.renewable_until) && Date.parse(lease.renewable_until) <= Date.parse(lease.expires_at);
  draw();
}

export function stop() {
  clearInterval(timer);
  low.hidden = true;
}

function tick() {
  draw();
  heard.tick();
  if (ends > Date.now()) return;
  stop();
  heard.over();
}

function draw() {
  const milliseconds = Math.max(ends - Date.now(), 0);
  const seconds = Math.ceil(milliseconds / 1000);
  const words = say("time.left", { n: seconds });
  left.style.transform = `scaleX(${milliseconds / whole})`;
  bar.toggleAttribute("data-low", seconds <= LAST_SECONDS);
  bar.setAttribute("aria-valuenow", String(Math.round((100 * milliseconds) / whole)));
  bar.setAttribute("aria-valuetext", words);
  bar.title = words;
  element("time-count").textContent = words;
  element("more-time").hidden = isLast;
  element("no-more-time").hidden = !isLast;
  low.hidden = seconds > LAST_SECONDS;
}
