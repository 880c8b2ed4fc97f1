// What a key is called in the screens' tables: with Alt by its place on the keyboard, since Alt makes other letters there.

/** "Enter", "Shift+ArrowUp", "Alt+KeyC", "Alt+Shift+ArrowUp"; Shift is named beside arrows, where it types nothing. */
export function pressedName(event) {
  const shift = event.shiftKey && event.code.startsWith("Arrow") ? "Shift+" : "";
  return event.altKey ? `Alt+${shift}${event.code}` : `${shift}${event.key}`;
}
