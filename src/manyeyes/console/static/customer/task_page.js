// One task's page is kept as it is now for as long as something can still happen to it while somebody looks.

import { patience } from "../shared/server_calls.js";
import * as timeToComplain from "./time_to_complain.js";

const BEAT = 5000;
let timer = 0;
let attempt = 0;
const main = () => document.getElementById("main");

async function look() {
  clearTimeout(timer);
  if (document.hidden || !("live" in main().dataset)) return;
  let delay = BEAT;
  try {
    const reply = await fetch(location.pathname, { credentials: "same-origin", redirect: "manual" });
    if (reply.type === "opaqueredirect" || (reply.status >= 400 && reply.status < 500)) return; // signed out elsewhere
    if (!reply.ok) throw new TypeError(`server answered ${reply.status}`);
    take(new DOMParser().parseFromString(await reply.text(), "text/html"));
    attempt = 0;
  } catch {
    delay = Math.max(BEAT, patience((attempt += 1)));
  }
  clearTimeout(timer);
  timer = setTimeout(look, delay);
}

/** Puts the parts that can change in the place of those that are shown, and lets alone what somebody is using. */
function take(other) {
  const fresh = other.getElementById("main");
  if (!fresh) return;
  for (const id of ["state", "answer", "say", "cost", "timeline"]) {
    const [shown, now] = [document.getElementById(id), fresh.querySelector(`#${id}`)];
    if (!shown || !now || shown.contains(document.activeElement) || shown.outerHTML === now.outerHTML) continue;
    shown.replaceWith(document.importNode(now, true));
  }
  if (!("live" in fresh.dataset)) delete main().dataset.live;
  timeToComplain.count();
}

timeToComplain.count();
document.addEventListener("visibilitychange", look);
timer = setTimeout(look, BEAT);
