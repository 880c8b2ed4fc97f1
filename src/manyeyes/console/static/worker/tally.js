// What the worker earned, and why they are offline when they did not go themselves.

import { explain, tell } from "../shared/notice.js";
import { Refusal, call, wait } from "../shared/server_calls.js";
import { count, isolated, money } from "../shared/page_words.js";

const element = (id) => document.getElementById(id);
const KNOWN_EVERYWHERE = 2500; // milliseconds until every process knows who was shut out

/** Shows a session's answers and pay. */
export function show(session) {
  element("slip").hidden = !session.slip;
  if (session.slip) {
    element("slip-answered").textContent = count(session.slip.answered);
    element("slip-earned").textContent = money(session.slip.earned);
    for (const id of ["pending", "payable"]) element(`slip-${id}`).textContent = money(session[id]);
  }
  element("answered").textContent = count(session.answered);
  for (const id of ["earned", "pending", "payable"]) element(id).textContent = money(session[id]);
}

/** Says what was sent, and what it earned. */
export function receipt(what, earned) {
  element("receipt").replaceChildren(isolated(what), earned ? `  +${money(earned)}` : "");
}

/** Says why they are offline. Whoever was shut out went offline by that, and is told that alone. `isBreak`: they did not
    come back meanwhile. */
export async function tellWhyOffline(isBreak) {
  if (await isRefused()) return;
  if (isBreak()) tell("notice.not_online", {}, "warn");
  await wait(KNOWN_EVERYWHERE);
  if (isBreak()) await isRefused();
}

async function isRefused() {
  try {
    await call("GET", "/worker/session");
  } catch (failure) {
    if (failure instanceof Refusal) explain(failure);
    return failure instanceof Refusal;
  }
  return false;
}
