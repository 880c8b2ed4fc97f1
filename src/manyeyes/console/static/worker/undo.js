// Taking back what was just answered or skipped, while the server keeps it aside (docs/decisions/0074).

import { insist } from "../shared/server_calls.js";
import { here } from "../shared/server_clock.js";
import * as screen from "./screen_mode.js";

const element = (id) => document.getElementById(id);
const button = element("undo");

let last = null; // the letter that can be taken back
let timer = 0;
let wants = null;

/** Offers to take back a letter that the server has, until it is too late; undefined: it cannot be. */
export function offer(letter, until) {
  withdraw();
  if (!until || screen.isBreak()) return;
  last = letter;
  timer = setTimeout(withdraw, here(until) - Date.now());
  place();
}

/** Puts the offer where the worker looks: beside the receipt, or below the words of a waiting screen. */
export function place() {
  const home = screen.isTask() ? element("receipt").parentElement : element("waiting");
  if (button.parentElement !== home) home.append(button);
  element("undo-what").textContent = last && !screen.isTask() ? `${last.said} · ` : ""; // else the receipt says it
  button.hidden = !last;
}

/** Takes the offer away: the worker goes on, or its time is over. */
export function withdraw() {
  clearTimeout(timer);
  last = null;
  button.hidden = true;
}

/** Takes the last one back; false when nothing can be. */
export function press() {
  if (!last) return false;
  takeBack(last);
  withdraw();
  return true;
}

async function takeBack(letter) {
  try {
    wants.back(letter, await insist("POST", "/worker/undos", { lease: letter.body.lease }, () => screen.trouble(true)));
  } catch (refusal) {
    wants.refused(refusal);
  }
}

/** Wires it: `given` hears back(letter, lease) with what lies before the worker again, and refused(refusal). */
export function furnish(given) {
  wants = given;
  button.addEventListener("click", press);
}
