// Taking back what a reviewer has just said, while nothing follows from it (docs/decisions/0081).

import { insist } from "../shared/server_calls.js";
import { here } from "../shared/server_clock.js";

const element = (id) => document.getElementById(id);
const button = element("undo");

let last = null; // what can be taken back: {body, said, draft, earned}
let timer = 0;
let wants = null;

/** Offers to take back what was said, until then; undefined: it cannot be. */
export function offer(letter, until, isAtTask) {
  withdraw();
  if (!until) return;
  last = letter;
  timer = setTimeout(withdraw, here(until) - Date.now());
  place(isAtTask);
}

/** Puts the offer beside the receipt, or below the words of a waiting screen, where it says what it takes back. */
export function place(isAtTask) {
  const home = isAtTask ? element("receipt").parentElement : element("waiting");
  if (button.parentElement !== home) {
    if (isAtTask) element("receipt").after(button);
    else home.append(button);
  }
  element("undo-what").textContent = last && !isAtTask ? `${last.said} · ` : "";
  button.hidden = !last;
}

/** Takes the offer away: something else was said, or its time is over. */
export function withdraw() {
  clearTimeout(timer);
  last = null;
  button.hidden = true;
}

/** Takes it back; false when nothing can be. */
export function press() {
  if (!last) return false;
  takeBack(last);
  withdraw();
  return true;
}

async function takeBack({ body, ...letter }) {
  const { verdict, reason, value, undo, ...named } = body; // what is left names it
  try {
    wants.back(letter, await insist("POST", `${wants.path()}/undos`, named, wants.trouble));
  } catch (refusal) {
    wants.refused(refusal);
  }
}

/** Wires it. `given`: `path()` of the calls; it hears back(letter, next) with what lies here again, and refused(refusal). */
export function furnish(given) {
  wants = given;
  button.addEventListener("click", press);
}
