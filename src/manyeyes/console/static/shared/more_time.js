// More time for what lies here: asked for by itself while somebody works at it, or with a key (docs/decisions/0074).

import * as leaseBar from "./lease_bar.js";
import { Refusal, call } from "./server_calls.js";
import { here } from "./server_clock.js";

const EVERY = 10_000; // milliseconds from one renewal to the next: a lease is hardly longer for it
const PARTS = 6; // of a short lease
const SHORTEST = 1_000;

let lying = null; // {lease, expires_at, renewable_until}, or what else `name` says
let wants = null;
let isAtWork = false; // a key was typed since time was asked for
let askedAt = 0;
let every = EVERY;

/** Counts the time of what lies here now. */
export function run(next) {
  lying = next;
  isAtWork = false;
  askedAt = Date.now();
  every = Math.min(EVERY, Math.max(SHORTEST, (here(next.expires_at) - askedAt) / PARTS));
  leaseBar.run(next, { tick: perhaps, over: wants.over });
}

/** Takes over other times of what lies here: another window asked for more, or its lease has begun. */
export function renew(next) {
  lying = next;
  leaseBar.extend(next);
}

export function stop() {
  lying = null;
  leaseBar.stop();
}

/** Somebody typed: they are at work. */
export function note() {
  isAtWork = true;
  perhaps();
}

const mayLast = () => Boolean(lying?.renewable_until) && Date.parse(lying.renewable_until) > Date.parse(lying.expires_at);

function perhaps() {
  if (isAtWork && mayLast() && Date.now() - askedAt >= every) ask();
}

/** Asks for a whole lease from now on; false where no more can be had. */
export function ask() {
  if (!mayLast()) return false;
  renewed(lying);
  return true;
}

async function renewed(asked) {
  isAtWork = false;
  askedAt = Date.now();
  try {
    const times = await call("POST", `${wants.path}/renewals`, { [wants.name]: asked[wants.name] });
    if (lying?.[wants.name] === asked[wants.name]) renew(Object.assign(lying, times));
  } catch (failure) {
    if (failure instanceof Refusal) wants.lost(failure, asked);
    else isAtWork = true; // the line is lost: again with the next tick that is due
  }
}

/** Wires it. `given`: `path` of the calls and `name` of what lies here; it hears lost(refusal, what) and over(). */
export function furnish(given) {
  wants = given;
  document.getElementById("more-time").addEventListener("click", () => { ask(); wants.focus(); });
  for (const kind of ["keydown", "input"]) document.addEventListener(kind, () => { if (lying) note(); }, { capture: true });
}
