// Answers that are no plain text: numbers, labels, several named fields. The server does the same (tasks/numbers.py,
// tasks/choices.py, tasks/fields.py); one table of cases holds both to it.

import { fault, normalised } from "./text_rules.js";

const MOST_DIGITS = 40;
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xed0, 0x17e0, 0x1040, 0xff10];
const SIGNS = new Map([..."，,．٫"].map((sign) => [sign, "."]).concat([..."−－﹣"].map((sign) => [sign, "-"]), [["＋", "+"]]));
ZEROS.forEach((zero) => [..."0123456789"].forEach((digit, n) => SIGNS.set(String.fromCodePoint(zero + n), digit)));
const TYPED = /^([+-]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?$/;
const CANONICAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

/** A number in its one form; a text that is none is only normalised. */
export function canonicalNumber(typed) {
  const text = normalised(typed);
  const found = TYPED.exec([...text].map((sign) => SIGNS.get(sign) ?? sign).join(""));
  if (!found) return text;
  const whole = found[2].replace(/^0+/, "") || "0";
  const number = found[3] ? `${whole}.${found[3]}` : whole;
  return found[1] === "-" && /[1-9]/.test(number) ? `-${number}` : number;
}

function numberObstacle(options, typed) {
  const text = canonicalNumber(typed);
  if (!text) return { key: "hint.empty" };
  const why = fault(text);
  if (why) return { key: `hint.${why}` };
  if (!CANONICAL.test(text)) return { key: "hint.number" };
  if (text.replace(/[^0-9]/g, "").length > MOST_DIGITS) return { key: "hint.digits_most", values: { n: MOST_DIGITS } };
  const behind = (text.split(".")[1] ?? "").length;
  const most = options.decimals ?? null;
  if (most !== null && behind > most) return most ? { key: "hint.decimals", values: { n: most } } : { key: "hint.whole" };
  if (isBound(options.min) && compared(text, plain(options.min)) < 0) return { key: "hint.at_least", values: { value: plain(options.min) } };
  if (isBound(options.max) && compared(text, plain(options.max)) > 0) return { key: "hint.at_most", values: { value: plain(options.max) } };
  return null;
}

const isBound = (bound) => bound !== null && bound !== undefined;

/** A bound as it is shown: the server writes some with an exponent. */
export function plain(bound) {
  const [digits, exponent] = String(bound).toLowerCase().split("e");
  if (!exponent) return digits;
  const sign = digits.startsWith("-") ? "-" : "";
  const [whole, behind = ""] = digits.replace(/^[+-]/, "").split(".");
  const all = whole + behind;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${all}`;
  const padded = all.padEnd(point, "0");
  const number = padded.slice(0, point).replace(/^0+(?=.)/, "");
  return sign + (padded.length > point ? `${number}.${padded.slice(point)}` : number);
}

// Less than 0, 0 or more than 0 as one decimal text is less than, as much as or more than another; no digit is lost.
function compared(one, other) {
  const behind = Math.max(...[one, other].map((text) => (text.split(".")[1] ?? "").length));
  const [a, b] = [one, other].map((text) => {
    const [whole, part = ""] = text.split(".");
    return BigInt(whole + part.padEnd(behind, "0"));
  });
  return a < b ? -1 : Number(a > b);
}

/** The names in a JSON array of strings, each in its one form; null for any other text. */
export function chosen(text) {
  const names = parsed(text);
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string")) return null;
  return new Set(names.map(normalised));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const areLabels = (options, names) => names && [...names].every((name) => options.labels.includes(name));

/** The labels that are chosen as they are sent: in the question's order, each once. */
export function choices(options, names) {
  return JSON.stringify(options.labels.filter((label) => names.has(label)));
}

function choicesObstacle(options, text) {
  const names = chosen(text);
  if (!areLabels(options, names)) return { key: "hint.choice" };
  const missing = (options.at_least || 0) - names.size;
  return missing > 0 ? { key: "hint.choices", values: { n: missing } } : null;
}

/** What is given to each field, by its name, as texts; null for a text that is no JSON object. */
function givenTexts(text) {
  const given = parsed(text);
  if (!given || typeof given !== "object" || Array.isArray(given)) return null;
  const texts = new Map();
  for (const [name, value] of Object.entries(given)) {
    texts.set(normalised(name), value === null ? "" : typeof value === "string" ? value : JSON.stringify(value));
  }
  return texts;
}

/** Tells whether an optional field was left empty. */
export function isLeftEmpty(options, field, text) {
  if (!(options.optional ?? []).includes(field.name)) return false;
  return !normalised(text) || (field.kind === "labels" && field.at_least > 0 && chosen(text)?.size === 0);
}

function fieldsObstacle(options, text, obstacle) {
  const given = givenTexts(text);
  const names = options.fields.map((field) => field.name);
  if (!given || [...given.keys()].some((name) => !names.includes(name))) return { key: "hint.fields" };
  for (const field of options.fields) {
    const typed = given.get(field.name) ?? "";
    const found = isLeftEmpty(options, field, typed) ? null : obstacle(field, typed);
    if (found) return { ...found, field: field.name };
  }
  return null;
}

// Numbers are written as they were typed: a script's number would lose digits.
function written(field, text) {
  if (field.kind === "number") return canonicalNumber(text);
  return field.kind === "labels" ? choices(field, chosen(text)) : JSON.stringify(normalised(text));
}

function canonicalFields(options, text, obstacle) {
  if (fieldsObstacle(options, text, obstacle)) return normalised(text);
  const given = givenTexts(text);
  const members = options.fields.map((field) => {
    const typed = given.get(field.name) ?? "";
    return `${JSON.stringify(field.name)}:${isLeftEmpty(options, field, typed) ? "null" : written(field, typed)}`;
  });
  return `{${members.join(",")}}`;
}

/** What fields send: an object of texts as they were typed; the server makes its one form of it. */
export const fieldsText = (texts) => JSON.stringify(Object.fromEntries(texts));

/** An answer in its kind's one form; undefined of a kind that is a text. `obstacle`: judges a field. */
export function canonical(options, text, obstacle) {
  if (options.kind === "number") return canonicalNumber(text);
  if (options.kind === "labels") return areLabels(options, chosen(text)) ? choices(options, chosen(text)) : normalised(text);
  return options.kind === "fields" ? canonicalFields(options, text, obstacle) : undefined;
}

/** Why `text` cannot be sent yet, as {key, values}; null when it can, undefined of a kind that is a text. */
export function kindObstacle(options, text, obstacle) {
  if (options.kind === "number") return numberObstacle(options, text);
  if (options.kind === "label") return options.labels.includes(normalised(text)) ? null : { key: "hint.choice" };
  if (options.kind === "labels") return choicesObstacle(options, text);
  return options.kind === "fields" ? fieldsObstacle(options, text, obstacle) : undefined;
}

/** Every rule of a number, in the order shown: {key, values, holds(answer)}. */
export function numberRules(options) {
  const rules = options.unit ? [{ key: "rule.unit", values: { unit: options.unit } }] : [];
  const keeps = (bounds) => (text) => text !== "" && !numberObstacle({ ...bounds }, text);
  if (isBound(options.decimals)) {
    const holds = keeps({ decimals: options.decimals });
    rules.push(options.decimals ? { key: "rule.decimals", values: { n: options.decimals }, holds } : { key: "rule.whole", holds });
  }
  const { min, max } = options;
  if (isBound(min) && isBound(max)) rules.push({ key: "rule.within", values: { least: plain(min), most: plain(max) }, holds: keeps({ min, max }) });
  else if (isBound(min)) rules.push({ key: "rule.from", values: { value: plain(min) }, holds: keeps({ min }) });
  else if (isBound(max)) rules.push({ key: "rule.up_to", values: { value: plain(max) }, holds: keeps({ max }) });
  return rules;
}
