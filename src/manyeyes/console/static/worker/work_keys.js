// The keys of the worker screen: none acts that an input method or a panel has, and what acts does so once a press.

import { isComposing } from "../shared/composing.js";
import * as instructions from "../shared/instructions.js";
import { keyName } from "../shared/key_names.js";
import * as screen from "./screen_mode.js";

const ONCE = ["Escape", "KeyS", "KeyI", "KeyB", "KeyM", "KeyZ"]; // held down they act once
const ALWAYS = ["KeyB", "KeyZ"]; // also while no task is shown

/** Listens. `keys`: what a key's name does, false where it had no use for it; `back()`: to the field before, false where
    there is none; `label(key)`: the button that a number picks. */
export function listenToKeys({ keys, back, label }) {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.defaultPrevented || event.ctrlKey || event.metaKey || instructions.isOpen()) return;
    const isEnter = screen.isTask() && event.key === "Enter";
    if (isEnter && event.repeat) event.preventDefault(); // each field wants a press of its own
    if (isEnter && event.shiftKey && !event.altKey && back()) return event.preventDefault();
    const button = event.altKey ? null : label(event.key);
    const action = button ? () => { if (!event.repeat) button.click(); } : keys[keyName(event)];
    if (!action || (!screen.isTask() && !ALWAYS.includes(event.code))) return;
    const isHeld = event.repeat && ONCE.includes(event.code);
    if (isHeld || action() !== false) event.preventDefault();
  });
}
