// The console's side of a widget's frame: shows it, and believes only what that frame says, from where it was served.

import { keysFor } from "../shared/key_names.js";

const KEYS = encodeURIComponent(keysFor(["Escape", "Alt+KeyS", "Alt+KeyB"]).join(",")); // what the frame hands over
let frame = document.getElementById("widget-frame");
let expected = "";

/** Shows the widget of a task; the same one is not loaded anew. */
export function show(task) {
  const address = new URL(task.widget_url, location.href);
  expected = address.origin;
  const source = `${task.widget_url}#${KEYS}`;
  if (frame.getAttribute("src") !== source) frame.src = source;
}

/** Empties the frame: what it holds belongs to a task that is over. */
export function clear() {
  if (!frame.hasAttribute("src")) return;
  const empty = frame.cloneNode();
  empty.removeAttribute("src");
  frame.replaceWith(empty);
  frame = empty;
}

export const focus = () => frame.focus();

/** `handlers` by what the frame tells: token({token}), failed(), refused({code}), expired(), key({key}), ready(). */
export function furnish(handlers) {
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== expected || !frame.hasAttribute("src")) return;
    handlers[event.data?.manyeyes]?.(event.data);
  });
}
