// What the worker is at: a task, waiting for one, or on a break; and whether the line to the server is lost.

import { tell } from "../shared/notice.js";
import { say } from "../shared/page_words.js";
import * as outbox from "./outbox.js";
import { tellWaiting } from "./waiting_words.js";

const element = (id) => document.getElementById(id);
const main = element("main");
let mode = main.dataset.mode;
let troubled = false;

/** "task", "waiting" or "break". */
export const current = () => mode;
export const isBreak = () => mode === "break";
export const isTask = () => mode === "task";

/** Shows what belongs to a mode, and gives the focus to what is waited at. */
export function set(next) {
  if (mode === next && next !== "break") return;
  mode = next;
  main.dataset.mode = mode;
  for (const [id, name] of [["break", "break"], ["waiting", "waiting"], ["job", "task"]]) element(id).hidden = name !== mode;
  element("break-form").hidden = mode === "break";
  scrollTo(0, 0); // as far as another mode was scrolled says nothing of this one
  if (mode === "waiting" && !document.querySelector(".look[open], .page-menu[open]")) element("waiting-title").focus();
  show();
}

/** Says what the worker is at, and what waits to be sent while the line is lost. */
export function show() {
  const state = troubled ? "reconnecting" : { task: "working", waiting: "waiting", break: "break" }[mode];
  document.body.dataset.state = state;
  element("presence-words").textContent = say(`state.${state}`);
  tellWaiting(troubled ? outbox.size() : 0);
}

/** The line is lost, or there again. */
export function trouble(now) {
  const before = troubled;
  troubled = now;
  if (now && !before) tellUnsent();
  if (!now && before) tell("notice.back");
  show();
}

/** Says how much waits to be sent, while the line is lost. */
export function tellUnsent() {
  if (!troubled) return;
  if (outbox.size()) tell("notice.unsent", { n: outbox.size() }, "warn");
  else tell("notice.reconnecting", {}, "warn");
  show();
}

/** A break needs no line: the lost one is not coming back. */
export function forgetTrouble() {
  troubled = false;
}
