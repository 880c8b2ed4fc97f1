// The keys of both screens of reviewers: none acts that an input method or a panel has, and what decides does so once a press.

import { isComposing } from "../shared/composing.js";
import * as instructions from "../shared/instructions.js";
import { keyName } from "../shared/key_names.js";

const ONCE = ["Escape", "Alt+KeyI", "Alt+KeyB", "Alt+KeyM", "Alt+KeyZ", "Alt+KeyJ"]; // held down they act once
const ALWAYS = ["Alt+KeyB", "Alt+KeyZ"]; // also while nothing is shown

/** Listens; what is handed over is a screen's as `furnish` says (desk_frame.js), with `isAtTask()`. */
export function listenToKeys({ keys, action: actionOf, isTheirs, isOnce, isAtTask }) {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.defaultPrevented || event.ctrlKey || event.metaKey || instructions.isOpen()) return;
    const name = keyName(event);
    const action = (isAtTask() ? actionOf(event) : null) ?? keys[name];
    if (!action || (!isAtTask() && !ALWAYS.includes(name)) || isTheirs(event)) return;
    const isHeld = event.repeat && (ONCE.includes(name) || isOnce(name)); // it must not decide the next picture
    if (isHeld || action() !== false) event.preventDefault();
  });
}
