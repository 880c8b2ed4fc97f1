// What an answer must be like: the question in words, and what still keeps a text from being sent.
// The server checks the same rules again; these are here so that nobody has to be refused.

import { canonical, kindObstacle, numberRules } from "./answer_kinds.js";
import { fault, hasDigit, length, normalised, withoutDigits } from "./text_rules.js";

const LONGEST = 500;
const KINDS = { number: "ask.number", label: "ask.label", labels: "ask.labels", fields: "ask.fields" };

/** The key of the sentence that asks for the answer. */
export function question(options) {
  if (KINDS[options.kind]) return KINDS[options.kind];
  if (options.labels) return "ask.label";
  if (options.math) return "ask.math";
  return { 1: "ask.digits", 2: "ask.letters" }[options.numeric] ?? "ask.text";
}

/** Every rule of a task, in the order shown: {key, values, holds(answer)}; one that cannot be checked has no `holds`. */
export function rules(options) {
  if (options.kind === "number") return numberRules(options);
  if (options.kind === "labels" && options.at_least) return [{ key: "rule.choices", values: { n: options.at_least } }];
  if (options.labels || options.fields) return [];
  const wanted = [];
  if (options.numeric === 1) wanted.push({ key: "rule.digits", holds: (text) => isDigits(options, text) });
  if (options.numeric === 2) wanted.push({ key: "rule.no_digits", holds: (text) => text !== "" && !hasDigit(text) });
  if (options.phrase) wanted.push({ key: "rule.phrase", holds: (text) => text.includes(" ") });
  if (options.case && options.numeric !== 1) wanted.push({ key: "rule.case" });
  if (options.math) wanted.push({ key: "rule.math" });
  return wanted.concat(lengthRule(options.min_length || 0, options.max_length || 0));
}

/** The same rules for whoever judges an answer: they are told, too, where capital letters do not count. */
export function judgedBy(options) {
  if (options.kind && options.kind !== "text") return rules(options);
  if (options.labels) return [];
  const free = !options.case && !options.math && options.numeric !== 1 ? [{ key: "rule.any_case" }] : [];
  return rules(options).concat(free);
}

function lengthRule(least, most) {
  const holds = (text) => length(text) >= Math.max(least, 1) && (!most || length(text) <= most);
  if (least && least === most) return [{ key: "rule.exactly", values: { n: least }, holds }];
  if (least && most) return [{ key: "rule.between", values: { least, most }, holds }];
  if (least) return [{ key: "rule.least", values: { n: least }, holds }];
  return most ? [{ key: "rule.most", values: { n: most }, holds }] : [];
}

// 0 to 9 alone; where two words are wanted too, blanks stand between the groups.
const isDigits = (options, text) => (options.phrase ? /^[0-9 ]+$/ : /^[0-9]+$/).test(text);

/** What the box may hold of what was typed: {text, hint}; `hint` names what had to be left out, null when nothing.
    Nothing is cut and nothing invisible goes: a word may be half typed. `answer` does that when it is sent. */
export function fitting(options, typed) {
  if (options.numeric === 1) {
    const kept = narrow(typed).replace(options.phrase ? /[^0-9 ]/gu : /[^0-9]/gu, "");
    return { text: kept, hint: normalised(kept) === normalised(narrow(typed)) ? null : "hint.digits" };
  }
  if (options.numeric !== 2 || !hasDigit(typed)) return { text: typed, hint: null };
  return { text: withoutDigits(typed), hint: "hint.no_digits" };
}

// Input methods may write digits as wide as ideographs, and blanks of other kinds between them.
function narrow(typed) {
  const blank = (sign) => (normalised(`1${sign}1`) === "1 1" ? " " : sign);
  return [...typed].map((sign) => (/[０-９]/.test(sign) ? String.fromCharCode(sign.charCodeAt(0) - 0xfee0) : blank(sign))).join("");
}

/** The answer that a text is: what is sent is what the server keeps. */
export const answer = (text, options = {}) => canonical(options, text, obstacle) ?? normalised(text);

/** How many characters an answer may have. */
export const longest = (options) => Math.min(options.max_length || LONGEST, LONGEST);

/** Why `text` cannot be sent yet, as {key, values}; null when it can. The order is the server's (tasks/rules.py). */
export function obstacle(options, text) {
  const judged = kindObstacle(options, text, obstacle);
  if (judged !== undefined) return judged;
  const found = normalised(text);
  const size = length(found);
  const why = fault(found);
  if (why) return { key: `hint.${why}` };
  if (size > LONGEST) return { key: "hint.long", values: { n: LONGEST } };
  if (options.numeric === 1 && !isDigits(options, found)) return { key: "hint.digits" };
  if (options.numeric === 2 && hasDigit(found)) return { key: "hint.no_digits" };
  if (options.phrase && !found.includes(" ")) return { key: "hint.phrase" };
  if (options.min_length && size < options.min_length) return { key: "hint.short", values: { n: options.min_length - size } };
  if (size > longest(options)) return { key: "hint.long", values: { n: longest(options) } };
  return null;
}
