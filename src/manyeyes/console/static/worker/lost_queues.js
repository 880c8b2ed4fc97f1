// Says which queues the worker no longer gets, above the screen, as long as it is so.

import * as notice from "../shared/notice.js";
import { say } from "../shared/page_words.js";
import { call } from "../shared/server_calls.js";
import * as breakWords from "./break_words.js";
import { tellWhenOver } from "./practice_mark.js";

const line = document.getElementById("lost");
const sentence = document.getElementById("lost-words");

/** Says what a session tells of lost queues, and of practice that is over; hides the line where no queue is lost. */
export function tellLost(session) {
  const { lost, none_left: noneLeft, practising } = session;
  tellWhenOver(session);
  if (noneLeft && !practising) breakWords.bar();
  else breakWords.allow();
  const queues = lost.map(({ name }) => name).join(", ");
  const words = noneLeft && !practising ? say("notice.below_floor") : queues && say("notice.queues_lost", { queues });
  if (sentence.textContent !== words) sentence.textContent = words; // said aloud only when it changes
  line.hidden = !words;
}

/** Says why the server refused something; that no queue is left is said where the way to the reasons is. */
export function explain(refusal) {
  if (refusal.refusal === "below_floor") tellLost({ lost: [], none_left: true });
  else notice.explain(refusal);
}

/** Asks whether a queue is theirs again, where none was left. */
export async function lookAgain() {
  if (!breakWords.isStopped()) return;
  try {
    tellLost(await call("GET", "/worker/session"));
  } catch {
    // the words stay as they are; the next look may hear more
  }
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) lookAgain(); });
