// The menu of reasons for a skip, by keyboard: arrows or a number choose, Enter takes, Esc closes.

const button = document.getElementById("skip-why");
const menu = document.getElementById("skip-menu");
const all = [...menu.querySelectorAll("[role=menuitem]")];
let items = all;

const isOpen = () => !menu.hidden;

export const isClosed = () => !isOpen();

/** Offers the reasons for a kind of task, "picture", "label" or "widget", numbered from 1. */
export function offer(kind) {
  for (const item of all) item.hidden = !item.dataset.tasks.split(" ").includes(kind);
  items = all.filter((item) => !item.hidden);
  items.forEach((item, at) => { item.querySelector("kbd").textContent = String(at + 1); });
}

export function open() {
  menu.hidden = false;
  button.setAttribute("aria-expanded", "true");
  items[0].focus();
}

export function close() {
  menu.hidden = true;
  button.setAttribute("aria-expanded", "false");
}

/** Wires the menu: `onReason(reason)` hears the choice, `onClosed()` gives the focus back. */
export function furnish(onReason, onClosed) {
  button.hidden = false;
  button.addEventListener("click", () => (isOpen() ? leave() : open()));
  all.forEach((item) => item.addEventListener("click", () => choose(item)));
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.repeat) event.preventDefault(); // it would press the reason that has the focus
    const action = { Escape: leave, Tab: leave, ArrowDown: () => step(1), ArrowUp: () => step(-1) }[event.key]
      ?? (items[Number(event.key) - 1] && (() => choose(items[Number(event.key) - 1])));
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || event.key.startsWith("Arrow")) action();
  });
  document.addEventListener("pointerdown", (event) => {
    if (isOpen() && !menu.contains(event.target) && !button.contains(event.target)) close();
  });

  function choose(item) {
    close();
    onReason(item.dataset.reason);
  }
  function leave() {
    close();
    onClosed();
  }
  function step(by) {
    const at = items.indexOf(document.activeElement);
    items[(at + by + items.length) % items.length].focus();
  }
}
