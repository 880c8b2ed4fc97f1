// Says of a picture that it is practice, and when a try is over.

import { tell } from "../shared/notice.js";

const mark = document.getElementById("practice");
let practised = false;

/** Shows the mark with a picture of a training set, and hides it with any other; reviewers' pages have none. */
export function markPractice(task) {
  if (mark) mark.hidden = !task.practice;
}

/** Says that the try is over when the session says that they practise no more. */
export function tellWhenOver(practising) {
  if (practised && !practising) tell("notice.practice_over");
  practised = Boolean(practising);
}
