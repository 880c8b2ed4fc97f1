// What an answer must be like: the question in words, and what still keeps a text from being sent.
// The server checks the same rules again; these are here so that nobody has to be refused.

export const LONGEST = 500;
const length = (text) => [...text].length;

/** The key of the sentence that asks for the answer. */
export function question(options) {
  if (options.labels) return "ask.label";
  if (options.math) return "ask.math";
  return { 1: "ask.digits", 2: "ask.letters" }[options.numeric] ?? "ask.text";
}

/** Every rule of a task, in the order shown: {key, values, holds(text)}; a rule that cannot be checked has no `holds`. */
export function rules(options) {
  const wanted = [];
  if (options.numeric === 1) wanted.push({ key: "rule.digits", holds: (text) => /^[0-9 ]+$/.test(text) });
  if (options.numeric === 2) wanted.push({ key: "rule.no_digits", holds: (text) => text !== "" && !/\p{N}/u.test(text) });
  if (options.phrase) wanted.push({ key: "rule.phrase", holds: (text) => /\S\s+\S/.test(text) });
  if (options.case && options.numeric !== 1) wanted.push({ key: "rule.case" });
  if (options.math) wanted.push({ key: "rule.math" });
  return wanted.concat(lengthRule(options.min_length || 0, options.max_length || 0));
}

/** The same rules for whoever judges an answer: they are told, too, where capital letters do not count. */
export function judgedBy(options) {
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

/** What the box may hold of what was typed: {text, hint}; `hint` names what had to be left out, null when nothing. */
export function fitting(options, typed) {
  const text = typed.normalize("NFC");
  if (options.numeric === 1) return without(text.normalize("NFKC"), options.phrase ? /[^0-9 ]/gu : /[^0-9]/gu, "hint.digits");
  if (options.numeric === 2) return without(text, /\p{N}/gu, "hint.no_digits");
  return { text, hint: null };
}

function without(text, pattern, hint) {
  const kept = text.replace(pattern, "");
  return { text: kept, hint: kept === text.trim() ? null : hint };
}

/** Why `text` cannot be sent yet, as {key, values}; null when it can. */
export function obstacle(options, text) {
  const size = length(text.trim());
  if (size === 0) return { key: "hint.empty" };
  if (options.phrase && !/\S\s+\S/.test(text)) return { key: "hint.phrase" };
  if (options.min_length && size < options.min_length) return { key: "hint.short", values: { n: options.min_length - size } };
  const most = options.max_length || LONGEST;
  if (size > most) return { key: "hint.long", values: { n: most } };
  return null;
}
