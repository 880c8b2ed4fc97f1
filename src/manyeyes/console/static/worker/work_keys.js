// The keys of the worker screen: none acts that an input method or a panel has, and what acts does so once a press.

import { isComposing } from "../shared/composing.js";
import * as instructions from "../shared/instructions.js";
import { keyName } from "../shared/key_names.js";
import * as screen from "./screen_mode.js";

const ONCE = ["Escape", "Alt+KeyS", "Alt+KeyI", "Alt+KeyB", "Alt+KeyM", "Alt+KeyZ"]; // held down they act once
const ALWAYS = ["Alt+KeyB", "Alt+KeyZ"]; // also while no task is shown

/** Listens. `keys`: what a key's name does, false where it had no use for it; `back()`: to the field before, false where
    there is none; `label(key)`: the button that a number picks. */
export function listenToKeys({ keys, back, label }) {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.defaultPrevented || event.ctrlKey || event.metaKey || instructions.isOpen()) return;
    const isEnter = screen.isTask() && event.key === "Enter";
    if (isEnter && event.repeat) event.preventDefault(); // each field wants a press of its own
    if (isEnter && event.shiftKey && !event.altKey && back()) return event.preventDefault();
    const button = event.altKey ? null : label(event.key);
    const name = keyName(event);
    const action = button ? () => { if (!event.repeat) button.click(); } : keys[name];
    if (!action || (!screen.isTask() && !ALWAYS.includes(name))) return;
    const isHeld = event.repeat && ONCE.includes(name);
    if (isHeld || action() !== false) event.preventDefault();
  });
}
