// What was answered or skipped and has not reached the server: one at a time and in order, since the task after one can be
// answered only when that one is done. What waits is kept in the browser, and sent when the page is opened again.

import { forget, keep, kept } from "../shared/kept_letters.js";
import { insist } from "../shared/server_calls.js";

const { who } = document.body.dataset;
const letters = [];
let sending = null;
let wants = null;

/** How many letters wait to be sent. */
export const size = () => letters.length;

/** Resolves when all that waited is sent or refused. */
export const emptied = async () => { await sending; };

/** Sends {path, body, said, text} as soon as those before it are taken. */
export function put(letter) {
  letters.push(letter);
  letter.isSafe = keep(who, letter);
  begin();
}

/** Sends what waited when this page was left, and returns it. */
export function restore() {
  letters.push(...kept(who).map((letter) => ({ ...letter, isSafe: true })));
  if (letters.length) begin();
  return [...letters];
}

function begin() {
  sending ??= post().finally(() => { sending = null; });
}

/** Takes back what waits behind a letter that was refused. */
export function takeBack() {
  letters.forEach((letter) => forget(who, letter));
  return letters.splice(0);
}

/** Sends nothing more from here: whoever is signed out may come back, and what is kept is sent then. */
export const stop = () => letters.splice(0);

async function post() {
  while (letters.length) {
    const [letter] = letters;
    try {
      const result = await insist("POST", `/worker${letter.path}`, letter.body, wants.trouble);
      forget(who, letters.shift());
      wants.taken(letter, result);
    } catch (refusal) {
      if (refusal.status !== 401) forget(who, letter); // who is signed out may come back
      letters.shift();
      wants.refused(letter, refusal);
    }
    wants.changed();
  }
}

/** Wires it: `given` hears taken(letter, result), refused(letter, refusal), changed() after each, and trouble(). */
export function furnish(given) {
  wants = given;
  addEventListener("beforeunload", (event) => { if (letters.some(({ isSafe }) => !isSafe)) event.preventDefault(); });
}
