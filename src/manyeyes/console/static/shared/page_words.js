// What the page says: sentences, money and counts in the page's language. The sentences come with the page.

export const page = JSON.parse(document.getElementById("page-data").textContent);

const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const dollars = new Intl.NumberFormat(language, {
  style: "currency", currency: "USD", minimumFractionDigits: 2, maximumFractionDigits: 6,
});
const whole = new Intl.NumberFormat(language);

/** The sentence `key` with `%(name)s` replaced from `values`; of a [one, many] pair the form that `values.n` asks for. */
export function say(key, values = {}) {
  const known = page.words[key];
  const sentence = Array.isArray(known) ? known[plural.select(values.n) === "one" ? 0 : 1] : known;
  return sentence.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

/** True when there is a sentence for `key`. */
export const knows = (key) => key in page.words;

/** A name or another text of somebody's, whose writing direction changes nothing around it. */
export function isolated(text) {
  const found = document.createElement("bdi");
  found.textContent = text;
  return found;
}

/** An amount of USD as the language writes it. */
export const money = (amount) => dollars.format(amount);

/** A whole number as the language writes it. */
export const count = (number) => whole.format(number);
