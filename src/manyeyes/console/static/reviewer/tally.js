// What a reviewer said and earned today.

import { count, money, page } from "../shared/page_words.js";

const element = (id) => document.getElementById(id);
const tally = { ...page.session };

/** Counts what was said, or was taken back (`by` -1), of the kind `counted`. */
export function earn(counted, earned, by = 1) {
  tally[counted] += by;
  tally.earned += earned;
  tally.payable += earned;
  element(counted).textContent = count(tally[counted]);
  element("earned").textContent = money(tally.earned);
  element("payable").textContent = money(tally.payable);
}
