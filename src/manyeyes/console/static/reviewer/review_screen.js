// The reviewer screen: one complaint after another, judged with three arrow keys.

import { element, furnish, isTyping, lying, mayDecide, send } from "./desk_frame.js";
import * as judgedAnswer from "./judged_answer.js";
import * as pictureView from "../shared/picture_view.js";
import { tell } from "../shared/notice.js";
import { isComposing } from "../shared/composing.js";
import { page, say } from "../shared/page_words.js";
import { keptWords } from "../shared/text_rules.js";

const reason = element("reason");
const VERDICTS = { wrong: "confirm", alike: "reject", right: "reject", none: "reject" };
const CODES = { wrong: "wrong", alike: "ambiguous", either: "ambiguous", several: "several", right: "right", none: "unjudged" };
let warned = ""; // of which complaint it was said that the reason that was typed would be lost

function press(which) {
  const button = element(which);
  button.classList.remove("pressed");
  void button.offsetWidth; // starts the animation anew
  if (!mayDecide()) return;
  button.classList.add("pressed");
  const what = which === "alike" ? judgedAnswer.eitherWay(lying().task.options) : which;
  const body = { verdict: VERDICTS[which], reason: keptWords(reason.value) || CODES[what], undo: true };
  send("/votes", body, say(which === "none" ? "notice.unjudged" : `notice.voted_${what}`));
}

// Passed on is passed on for good: what was typed is not to be lost by one touch.
function skip() {
  const isAsked = warned === lying().slot;
  warned = lying().slot;
  if (!isAsked && keptWords(reason.value)) return tell("notice.pass_asks", { key: page.skip_key }, "warn");
  return send("/skips", {}, say("notice.skipped"));
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

element("skip-form").addEventListener("submit", (event) => { event.preventDefault(); skip(); });

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
  draft: () => reason.value,
  restore: (draft) => { reason.value = draft; },
  keys: {
    Escape: skip,
    "Alt+KeyJ": () => press("none"),
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
  isOnce: (name) => ["ArrowLeft", "ArrowDown", "ArrowRight"].includes(name),
});
