// A job on its way: whenever the server tells of progress, what moved is drawn anew.

import { pageOf, replaceParts } from "./page_parts.js";

const REST = 1500; // milliseconds between two looks: progress comes by the second
const page = document.getElementById("main");
let [isDue, isLooking] = [false, false];

async function look() {
  isDue = true;
  if (isLooking) return;
  isLooking = true;
  while (isDue) {
    isDue = false;
    try {
      const fresh = await pageOf(await fetch(location.pathname, { credentials: "same-origin" }));
      if (fresh) replaceParts(fresh, ["live", "results", "deeds"]);
    } catch {
      // The stream is opened again by the browser, and its first event leads here.
    }
    await new Promise((resolve) => setTimeout(resolve, REST));
  }
  isLooking = false;
}

if (page.dataset.over === undefined) {
  const events = new EventSource(`/v1/jobs/${page.dataset.job}/events`);
  events.addEventListener("progress", look);
  events.addEventListener("finished", () => {
    events.close();
    look();
  });
}
