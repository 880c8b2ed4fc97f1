// The reviewer screen: one complaint after another, judged with three arrow keys.

import { canDecide, element, furnish, isTyping, lying, send } from "./desk_frame.js";
import * as judgedAnswer from "./judged_answer.js";
import * as pictureView from "../shared/picture_view.js";
import { isComposing } from "../shared/composing.js";
import { say } from "../shared/page_words.js";
import { keptWords } from "../shared/text_rules.js";

const reason = element("reason");
const VERDICTS = { wrong: "confirm", alike: "reject", right: "reject" };
const CODES = { wrong: "wrong", alike: "ambiguous", either: "ambiguous", several: "several", right: "right" };

function press(which) {
  const button = element(which);
  button.classList.remove("pressed");
  void button.offsetWidth; // starts the animation anew
  if (!canDecide()) return;
  button.classList.add("pressed");
  const what = which === "alike" ? judgedAnswer.eitherWay(lying().task.options) : which;
  const body = { verdict: VERDICTS[which], reason: keptWords(reason.value) || CODES[what] };
  send("/votes", body, say(`notice.voted_${what}`));
}

const focus = () => element("job").focus({ preventScroll: true });

reason.addEventListener("keydown", (event) => {
  if ((event.key !== "Enter" && event.key !== "Escape") || isComposing(event)) return;
  event.preventDefault();
  if (event.key === "Escape") reason.value = "";
  focus();
});
element("vote-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.id in VERDICTS) press(event.submitter.id);
});

furnish({
  path: "/reviewer",
  name: "slot",
  counted: "votes",
  lay: (slot) => {
    judgedAnswer.write(slot);
    reason.value = "";
  },
  ready: (now) => { for (const id of Object.keys(VERDICTS)) element(id).setAttribute("aria-disabled", String(!now)); },
  focus,
  keys: {
    ArrowLeft: () => press("wrong"),
    ArrowDown: () => press("alike"),
    ArrowRight: () => press("right"),
    "Shift+ArrowLeft": () => pictureView.moveBy(-1, 0),
    "Shift+ArrowRight": () => pictureView.moveBy(1, 0),
    "Shift+ArrowUp": () => pictureView.moveBy(0, -1),
    "Shift+ArrowDown": () => pictureView.moveBy(0, 1),
    "Alt+KeyR": () => reason.focus(),
  },
  isTheirs: (event) => !event.altKey && isTyping(event.target), // there the arrows move the caret
  isOnce: (event) => !event.shiftKey && !event.altKey && !event.key.startsWith("Page"),
});
