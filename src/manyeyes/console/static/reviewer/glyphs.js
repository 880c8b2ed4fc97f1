// An answer as a reviewer reads it: digits set apart from letters, and the signs that look alike called by their names.

export const ALIKE = { 0: "glyph.zero", O: "glyph.capital_o", 1: "glyph.one", l: "glyph.small_l", I: "glyph.capital_i", "|": "glyph.bar" };
const MIDDLE = 14; // characters above which the answer is written smaller
const LONG = 40;

/** The text in pieces: [{text, isDigits}]; digits are set apart only where there are letters to take them for. */
export function runs(text) {
  const isMixed = /\p{L}/u.test(text);
  return (text.match(/[0-9]+|[^0-9]+/g) ?? []).map((piece) => ({ text: piece, isDigits: isMixed && /[0-9]/.test(piece) }));
}

/** The signs of `text` that are easily taken for another, each once, as {sign, key}; none where only digits are wanted,
    or a label was chosen. */
export function alike(options, text) {
  if ((options.kind && options.kind !== "text") || options.labels || options.numeric === 1) return [];
  return [...new Set(text)].filter((sign) => Object.hasOwn(ALIKE, sign)).map((sign) => ({ sign, key: ALIKE[sign] }));
}

/** How large the answer can be written: short, middle or long. */
export function length(text) {
  const characters = [...text].length;
  return characters > LONG ? "long" : characters > MIDDLE ? "middle" : "short";
}
