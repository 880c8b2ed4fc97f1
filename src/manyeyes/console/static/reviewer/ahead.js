// What comes next: it lies behind what is looked at, its picture is fetched, and nobody has seen it (docs/decisions/0081).

import * as pictureView from "../shared/picture_view.js";
import { call } from "../shared/server_calls.js";

const main = document.getElementById("main");
let ready = null;

/** What comes next, if its picture is there; from now on it is what is looked at. */
export function take() {
  const found = ready;
  forget();
  return found;
}

export function forget() {
  ready = null;
  delete main.dataset.ahead;
}

/** Asks for what comes next and fetches its picture, for as long as `isStill()`. It is for speed alone: what fails here is
    asked for again when it is needed. */
export async function look(path, name, signal, isStill) {
  forget();
  let found = null;
  try {
    found = await call("POST", path, undefined, signal);
  } catch {
    return;
  }
  if (!found || !isStill()) return;
  pictureView.prefetch({ ...found.task, lease: found[name] }, (id) => {
    if (!isStill()) return;
    ready = found;
    main.dataset.ahead = id;
  });
}
