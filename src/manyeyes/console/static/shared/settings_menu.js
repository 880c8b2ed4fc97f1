// Settings take effect as they are chosen; the form's own button is for whoever has no script.

import { forgetOthers } from "./kept_letters.js";

const form = document.getElementById("look-form");
const root = document.documentElement;
const MEDIA = { auto: "(prefers-color-scheme: dark)", light: "not all", dark: "all" };

forgetOthers(document.body.dataset.who);

// On a phone the pages are one row that scrolls: the one that is shown is in sight.
const here = document.querySelector(".tabs [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;

if (form) {
  form.querySelector("button").hidden = true;
  form.addEventListener("change", (event) => {
    if (event.target.name === "lang") return form.requestSubmit();
    root.dataset[event.target.name] = event.target.value;
    document.getElementById("dark").media = MEDIA[form.elements.theme.value];
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "manual" });
  });
  const sheet = form.closest("details");
  document.addEventListener("pointerdown", (event) => { if (!sheet.contains(event.target)) sheet.open = false; });
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !sheet.open) return;
    event.stopPropagation();
    sheet.open = false;
    sheet.querySelector("summary").focus();
  });
}
