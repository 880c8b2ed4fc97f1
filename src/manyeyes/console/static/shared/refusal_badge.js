// The quiet sign on the tab: how many answers were refused since the worker last read about it. It never interrupts.

import { call } from "./server_calls.js";
import { count, page } from "./page_words.js";

const EVERY = 60_000;
const badge = document.getElementById("refusals-new");

async function look() {
  if (document.hidden) return;
  try {
    const { reports } = await call("GET", "/worker/reports");
    const fresh = reports.filter((report) => report.decided_at && Date.parse(report.decided_at) > Date.parse(page.seen)).length;
    document.getElementById("refusals-count").textContent = count(fresh);
    badge.hidden = fresh === 0;
  } catch {
    // The next look may have more luck; whether the connection is lost is said elsewhere.
  }
}

setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
