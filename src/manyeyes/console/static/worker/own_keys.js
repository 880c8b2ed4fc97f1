// Setting a key: the button waits for the next one that is pressed, and the server says whether it can be had.

import { pressedName } from "../shared/pressed_keys.js";

const HOLDING = ["Alt", "AltGraph", "Control", "Meta", "Shift"]; // they begin a key, and are none

for (const form of document.querySelectorAll(".key-choice")) {
  const button = form.querySelector("button");
  const words = button.textContent;
  button.hidden = false;
  const wait = (isWaiting) => {
    button.toggleAttribute("data-waiting", isWaiting);
    button.textContent = isWaiting ? button.dataset.waits : words;
  };
  button.addEventListener("click", () => { if (!button.hasAttribute("data-waiting")) wait(true); });
  button.addEventListener("blur", () => wait(false));
  button.addEventListener("keydown", (event) => {
    if (!button.hasAttribute("data-waiting") || HOLDING.includes(event.key) || event.repeat) return;
    if (event.key === "Tab" || event.ctrlKey || event.metaKey) return; // on to something else
    event.preventDefault();
    event.stopPropagation();
    form.elements.key.value = pressedName(event);
    wait(false);
    form.submit();
  });
}
const chosen = document.querySelector(".key-choice button[autofocus]");
chosen?.focus();
