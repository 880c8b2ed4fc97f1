// What somebody typed while the server drew a form anew is the newer word: it is put into the fresh controls again.

/** What differs now from what was sent, as [name, value or whether it is ticked][]. */
export function typedSince(form, sent) {
  return [...form.elements].flatMap((control) => {
    const { name, type, value, checked } = control;
    if (!name || ["hidden", "file", "submit", "button"].includes(type)) return [];
    if (type === "checkbox") return checked === sent.has(name) ? [] : [[name, checked]];
    if (type === "radio") return checked && sent.get(name) !== value ? [[name, value]] : [];
    // A form sends line ends as two characters.
    return sent.get(name)?.replaceAll("\r\n", "\n") === value ? [] : [[name, value]];
  });
}

/** Puts it into the form's controls of these names, as far as they are still there. */
export function putBack(form, typed) {
  for (const [name, value] of typed) {
    const control = form.elements.namedItem(name);
    if (!control) continue;
    if (typeof value === "boolean") control.checked = value;
    else control.value = value;
  }
}

/**
 * Remembers where the caret is; the function that comes back puts it there again, or into `otherwise`.
 * Radio buttons share a name and often have no id: one is known by its value.
 */
export function caret() {
  const { id, name, value, type, selectionStart, selectionEnd } = document.activeElement ?? {};
  const sameValue = ["radio", "checkbox"].includes(type) ? `[value="${CSS.escape(value)}"]` : "";
  const place = id ? `#${CSS.escape(id)}` : name && `[name="${CSS.escape(name)}"]${sameValue}`;
  return (otherwise) => {
    const control = otherwise ?? (place && document.querySelector(place));
    if (!control) return;
    control.focus();
    if (!otherwise && typeof selectionStart === "number") control.setSelectionRange(selectionStart, selectionEnd);
  };
}
