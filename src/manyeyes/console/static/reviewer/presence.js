// What the top of a reviewer's screen says: that they work, wait or rest, or that the line is lost.

import { say } from "../shared/page_words.js";
import { tell } from "../shared/notice.js";

let [mode, troubled] = ["break", false];

/** Whether the line is lost. */
export const isTroubled = () => troubled;

export function show(next = mode) {
  mode = next;
  const state = troubled ? "reconnecting" : { task: "working", waiting: "waiting", break: "break" }[mode];
  document.body.dataset.state = state;
  document.getElementById("presence-words").textContent = say(`state.${state}`);
}

/** Notes that the line is lost, or there again. */
export function trouble(now) {
  if (now && !troubled) tell("notice.reconnecting", {}, "warn");
  if (!now && troubled) tell("notice.back");
  troubled = now;
  show();
}
