// Taking back what was just said, while nothing follows from it (docs/decisions/0074 and 0081).

import { here } from "./server_clock.js";

const element = (id) => document.getElementById(id);
const button = element("undo");

let last = null; // what can be taken back: a letter that the server has
let timer = 0;
let isWished = false; // it was asked for while the letter was still on its way
let wants = null;

/** Offers to take back a letter that the server has, until it is too late; undefined: it cannot be. */
export function offer(letter, until) {
  const isPressed = isWished;
  withdraw();
  if (!until) return;
  last = letter;
  timer = setTimeout(withdraw, here(until) - Date.now());
  if (isPressed) press();
  else place();
}

/** Puts the offer beside the receipt, or below the words of a waiting screen, where it says what it takes back. */
export function place() {
  const isAtTask = wants.isAtTask();
  const home = isAtTask ? element("receipt").parentElement : element("waiting");
  if (button.parentElement !== home) {
    if (isAtTask) element("receipt").after(button);
    else home.append(button);
  }
  element("undo-what").textContent = last && !isAtTask ? `${last.said} · ` : ""; // else the receipt says it
  button.hidden = !last;
}

/** Takes the offer away, and the wish: something else was said, or its time is over. */
export function withdraw() {
  clearTimeout(timer);
  last = null;
  isWished = false;
  button.hidden = true;
}

/** Takes the last one back, one that is on its way as soon as the server has it; false when nothing can be. */
export function press() {
  if (!last) {
    isWished = wants.isOnItsWay();
    return isWished;
  }
  takeBack(last);
  withdraw();
  return true;
}

async function takeBack(letter) {
  try {
    wants.back(letter, await wants.call(letter));
  } catch (refusal) {
    wants.refused(refusal);
  }
}

/** Wires it. `given`: `isAtTask()`; `isOnItsWay()`, whether the server has not answered yet to what was said last; `call(letter)`
    asks for it. It hears back(letter, reply) with what lies there again, and refused(refusal). */
export function furnish(given) {
  wants = given;
  button.addEventListener("click", press);
}
