// What the operator tells who works and reviews: one announcement at a time, above the work, until they say that they have read it.

import { call } from "./server_calls.js";

const EVERY = 60_000;
const box = document.getElementById("announcement");
const words = document.getElementById("announcement-words");
const number = document.getElementById("announcement-number");
const read = new Set();
let before = null;

function show({ announcements }) {
  const first = announcements.find(({ id }) => !read.has(id));
  box.hidden = !first;
  number.value = first?.id ?? "";
  if (words.textContent !== (first?.words ?? "")) words.textContent = first?.words ?? "";
}

async function look() {
  if (document.hidden) return;
  try {
    show(await call("GET", "/worker/announcements"));
  } catch {
    // The next look may have more luck; whether the connection is lost is said elsewhere.
  }
}

// Where the hands were before they went to the announcement: there they go on.
box.addEventListener("focusin", ({ relatedTarget }) => {
  if (relatedTarget && !box.contains(relatedTarget)) before = relatedTarget;
});

document.getElementById("announcement-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const announcement = Number(number.value);
  try {
    const left = await call("POST", "/worker/announcements/dismiss", { announcement });
    read.add(announcement);
    show(left);
    if (box.hidden) before?.focus();
  } catch {
    // It stays, to be dismissed again.
  }
});

setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
