// What the screen says while no picture lies here: that one is waited for, or that answers wait for the line.

import { say } from "../shared/page_words.js";

const element = (id) => document.getElementById(id);
const calm = ["waiting-title", "waiting-words"].map((id) => element(id).textContent);

/** Says how many answers and skips wait to be sent; 0: a picture is waited for. */
export function tellWaiting(unsent) {
  const words = unsent ? [say("waiting.unsent", { n: unsent }), say("waiting.again")] : calm;
  for (const [at, id] of ["waiting-title", "waiting-words"].entries()) {
    if (element(id).textContent !== words[at]) element(id).textContent = words[at];
  }
  element("waiting").toggleAttribute("data-unsent", unsent > 0);
}
