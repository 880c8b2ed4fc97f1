// The long call for the next result to decide.

import { call } from "../shared/server_calls.js";

const WAIT_SECONDS = 20;
// Longer than the server may wait: a call that takes this long has lost its connection without a word.
const LOST_AFTER = (WAIT_SECONDS + 15) * 1000;

/** The next result, null when none came; ends with `signal`. After trouble it does not wait, to see whether all is well. */
export async function nextResult(isTroubled, signal) {
  const waiting = new AbortController();
  const end = () => waiting.abort();
  const timer = setTimeout(end, LOST_AFTER);
  signal.addEventListener("abort", end);
  try {
    return await call("GET", `/reviewer/results/next?wait=${isTroubled ? 0 : WAIT_SECONDS}`, undefined, waiting.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}
