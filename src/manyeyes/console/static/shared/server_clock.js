// What the server says by its own clock, by this machine's: the two can be minutes apart.

import { page } from "./page_words.js";

const ahead = Date.parse(page.now) - Date.now();

/** Returns when that is here, in milliseconds as `Date.now()` counts them. */
export const here = (stamp) => Date.parse(stamp) - ahead;
