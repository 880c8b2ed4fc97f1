// What was answered or skipped and has not reached the server: one at a time and in order, since the task after one can be
// answered only when that one is done.

import { insist } from "../shared/server_calls.js";

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
  sending ??= post().finally(() => { sending = null; });
}

/** Takes back what waits behind a letter that was refused. */
export const takeBack = () => letters.splice(0);

async function post() {
  while (letters.length) {
    const [letter] = letters;
    try {
      const result = await insist("POST", `/worker${letter.path}`, letter.body, wants.trouble);
      letters.shift();
      wants.taken(letter, result);
    } catch (refusal) {
      letters.shift();
      wants.refused(letter, refusal);
    }
    wants.changed();
  }
}

/** Wires it: `given` hears taken(letter, result), refused(letter, refusal), changed() after each, and trouble(). */
export function furnish(given) {
  wants = given;
  addEventListener("beforeunload", (event) => { if (letters.length) event.preventDefault(); });
}
