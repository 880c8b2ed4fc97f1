// Boxes for words that are kept up to a length: counted as the server counts, where a browser counts halves of characters.

import { keptWords, within } from "./text_rules.js";

for (const box of document.querySelectorAll("[data-longest]")) {
  box.removeAttribute("maxlength");
  const limit = (event) => {
    if (event.isComposing) return; // a word being put together is not cut
    const { text, caret } = within(Number(box.dataset.longest), keptWords, box.value, box.selectionEnd);
    if (text === box.value) return;
    box.value = text;
    box.setSelectionRange(caret, caret);
  };
  box.addEventListener("input", limit);
  box.addEventListener("compositionend", limit);
}
