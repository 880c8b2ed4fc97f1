// What a pressed key means on the screens: as its person has set it, or as it was at first.

import { page } from "./page_words.js";
import { pressedName } from "./pressed_keys.js";

const moved = page.keys ?? {}; // by the name of each key that means something else than at first: what it is read as

/** The name by which the screens' tables know what a pressed key does; one that does nothing any more has none there. */
export const keyName = (event) => readAs(pressedName(event));

/** What a key, by its own name, is read as. */
export const readAs = (name) => moved[name] ?? name;

/** The keys, by their own names, that are read as one of these. */
export const keysFor = (names) => [
  ...names.filter((name) => !(name in moved)), ...Object.keys(moved).filter((key) => names.includes(moved[key])),
];
