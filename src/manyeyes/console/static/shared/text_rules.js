// One form for what people type, and which characters it may have: the server does the same, by the same table
// (values/text/rules.py); one table of cases holds both to it.

import { CLASSES, KEPT } from "./code_points.js";

const INVISIBLE = ["joiner", "variation", "shape", "gap", "tag"];
const MARKS_AT_MOST = 30;

const point = (hexadecimal) => `\\u{${hexadecimal}}`;
const range = (written) => written.split("-").map(point).join("-");
const set = (...names) => names.flatMap((name) => CLASSES[name].split(" ").map(range)).join("");

const BLANKS = new RegExp(`[${set("blank")}\\u2028\\u2029]`, "gu");
const FILLERS = new RegExp(`[${set("filler")}]`, "gu");
const COMMANDS = new RegExp(`[${set("control", "line")}]`, "u");
const LINE_ENDS = new RegExp(`\\r\\n|[${set("line")}\\u0085]`, "gu");
const REFUSED = new RegExp(`[^ ${set("seen", "mark", ...INVISIBLE)}]`, "gu");
const SEEN = new RegExp(`[^ ${set("mark", ...INVISIBLE)}]`, "u"); // of a text without what is refused
const DIGITS = new RegExp(`[${set("digit")}]`, "gu");
const PILE = new RegExp(`[${set("mark", ...INVISIBLE)}]{${MARKS_AT_MOST + 1}}`, "u");
const TOPS_OF_PILES = new RegExp(`(?<=[${set("mark", ...INVISIBLE)}]{${MARKS_AT_MOST}})[${set("mark", ...INVISIBLE)}]+`, "gu");
const REPEATED = new RegExp(
  ["joiner", "variation", "shape", "gap"].map((name) => `(?<=[${set(name)}])[${set(name)}]+`).join("|"),
  "gu",
);
const CONTEXTS = new RegExp(
  `${KEPT.replace(/<([a-z]+)>/g, (_, name) => set(name))}|(?<lone>[${set(...INVISIBLE)}])`,
  "gu",
);

const has = (pattern, text) => text.search(pattern) >= 0; // `test` would remember where it stopped

/** `text` on one line as it is judged, counted and kept. A text with a character that is refused is only cut at its ends. */
export function normalised(text) {
  const line = text.replace(FILLERS, "").replace(BLANKS, " ").replace(REPEATED, "").replace(/^[ \n\v\f\r]+|[ \n\v\f\r]+$/g, "");
  if (has(REFUSED, line) || has(PILE, line)) return line;
  const kept = line.normalize("NFC").replace(CONTEXTS, (found, ...rest) => (rest.at(-1).lone ? "" : found));
  return kept.normalize("NFC").replace(/^ +| +$/g, "");
}

/** Why a normalised text cannot be taken: "control", "unknown", "marks" or "empty"; empty when it can. */
export function fault(text) {
  if (has(COMMANDS, text)) return "control";
  if (has(REFUSED, text)) return "unknown";
  if (has(PILE, text)) return "marks";
  return has(SEEN, text) ? "" : "empty";
}

/** Words of several lines perhaps, as they are kept and shown: what is refused elsewhere is left out. */
export function keptWords(text) {
  const taken = (line) => line.replace(FILLERS, "").replace(BLANKS, " ").replace(REFUSED, "").replace(TOPS_OF_PILES, "");
  return text.replace(LINE_ENDS, "\n").split("\n").map((line) => normalised(taken(line))).join("\n").replace(/^\n+|\n+$/g, "");
}

/** A text's length in characters, as the server counts them. */
export const length = (text) => [...text].length;

/** What remains of `typed`, whose caret is at `caret`, when no more is taken than `most` characters of what `read` makes of
    it: {text, caret}. What was put in last goes first, as at the end of any box. */
export function within(most, read, typed, caret) {
  const before = [...typed.slice(0, caret)];
  const behind = typed.slice(caret);
  let excess = length(read(typed)) - most;
  while (excess > 0 && before.length) {
    before.length = Math.max(before.length - excess, 0);
    excess = length(read(before.join("") + behind)) - most;
  }
  const kept = before.join("");
  return { text: kept + behind, caret: kept.length };
}

/** Tells whether a character stands for a digit in any script, raised or circled ones too. */
export const hasDigit = (text) => has(DIGITS, text);

/** The text without its digits. */
export const withoutDigits = (text) => text.replace(DIGITS, "");
