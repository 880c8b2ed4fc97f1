// The long call for what comes next.

import { call } from "../shared/server_calls.js";

const WAIT_SECONDS = 20;
// Longer than the server may wait: a call that takes this long has lost its connection without a word.
const LOST_AFTER = (WAIT_SECONDS + 15) * 1000;

/** What lies here now, null when none came. After trouble it does not wait, to see whether all is well. */
export async function nextOne(path, isTroubled, signal) {
  const waiting = new AbortController();
  const end = () => waiting.abort();
  const timer = setTimeout(end, LOST_AFTER);
  signal.addEventListener("abort", end);
  try {
    return await call("GET", `${path}/next?wait=${isTroubled ? 0 : WAIT_SECONDS}`, undefined, waiting.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}
