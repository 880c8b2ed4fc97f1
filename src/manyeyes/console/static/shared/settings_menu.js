// Settings take effect as they are chosen; the form's own button is for whoever has no script.

import { forgetOthers } from "./kept_letters.js";

const form = document.getElementById("look-form");
const root = document.documentElement;
const MEDIA = { auto: "(prefers-color-scheme: dark)", light: "not all", dark: "all" };

forgetOthers(document.body.dataset.who);

// On a phone the pages are one row that scrolls: the one that is shown, or its menu, is in sight.
const here = document.querySelector(".tabs > [aria-current], .tabs summary[aria-current]");
const row = here?.closest(".tabs");
if (here) row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - here.offsetWidth) / 2;

for (const menu of document.querySelectorAll(".look, .page-menu")) {
  document.addEventListener("pointerdown", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

if (form) {
  form.querySelector("button").hidden = true;
  form.addEventListener("change", (event) => {
    if (event.target.name === "lang") return form.requestSubmit();
    root.dataset[event.target.name] = event.target.value;
    document.getElementById("dark").media = MEDIA[form.elements.theme.value];
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "manual" });
  });
}
