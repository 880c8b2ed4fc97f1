// Says of a picture that it is practice, which one of how many, and how a try went when it is over.

import { tell } from "../shared/notice.js";
import { count, say } from "../shared/page_words.js";
import { insist } from "../shared/server_calls.js";
import * as breakWords from "./break_words.js";

const mark = document.getElementById("practice");
const step = document.getElementById("practice-step");
let practised = 0; // the queue that they practise
let marked = null; // the picture that the mark is about

/** Shows the mark with a picture of a training set, and hides it with any other; reviewers' pages have none. */
export function markPractice(task) {
  if (!mark) return;
  mark.hidden = !task.practice;
  if (marked?.lease === task.lease) return;
  marked = task;
  if (!task.practice) return;
  practised = task.queue.id;
  step.textContent = say("practice.mark");
  tellStep(task);
}

async function tellStep(task) {
  const offer = await offered(task.queue.id);
  if (marked !== task || offer?.state !== "open") return;
  const values = { n: count(offer.answered + 1), all: count(offer.pictures) };
  step.textContent = say(offer.pay ? "practice.paid" : "practice.unpaid", values);
}

/** Says how the try went when the session says that they practise no more. */
export async function tellWhenOver({ practising, none_left: noneLeft }) {
  const over = practising ? 0 : practised;
  practised = practising?.id ?? 0;
  if (!over) return;
  const offer = await offered(over);
  if (!offer || !["passed", "failed", "broken_off"].includes(offer.state)) return;
  const values = { right: count(offer.right), all: count(offer.answered), needed: count(offer.needed), queue: offer.queue.name };
  const key = `notice.practice_${offer.state}`;
  const isFailed = offer.state === "failed";
  // The title says that it was not passed: the words below it do not say it again.
  if (noneLeft && isFailed) breakWords.stop("break.not_passed", [say("practice.failed", values), follows(offer)], over);
  else if (noneLeft) breakWords.stop("break.not_decided", [say(key, values), follows(offer)], over);
  else tell(key, values, isFailed ? "warn" : "", isFailed ? follows(offer) : "");
}

// What may come after a try that was not passed.
function follows(offer) {
  if (offer.may_begin) return say("practice.tries", { n: offer.tries_left });
  return say(offer.tries_left ? "practice.nothing" : "practice.tried_enough");
}

async function offered(queueId) {
  try {
    const { queues } = await insist("GET", "/worker/practice", undefined, () => {}); // the stream tells of trouble
    return queues.find(({ queue }) => queue.id === queueId);
  } catch {
    return undefined; // signed out: what is pressed next says so
  }
}
