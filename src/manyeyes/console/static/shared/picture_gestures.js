// Hands on the picture: dragging it with a mouse, pinching it with two fingers, turning a wheel over it.
// One finger moves it as the browser moves whatever scrolls.

/** Wires them. `zoomAt(factor, x, y)` enlarges about a point of the window. */
export function furnish(table, zoomAt) {
  drag(table);
  pinch(table, zoomAt);
  table.addEventListener("wheel", (event) => turn(table, event, zoomAt), { passive: false });
}

function drag(table) {
  // Not on its scroll bars; and what has the focus, mostly the box for the answer, keeps it.
  const isOnPicture = (event) => event.offsetX < table.clientWidth + table.scrollLeft && event.offsetY < table.clientHeight + table.scrollTop;
  table.addEventListener("mousedown", (event) => {
    if (event.button === 0 && (event.target !== table || isOnPicture(event)) && !event.target.closest("a, summary")) event.preventDefault();
  });
  let from = null;
  table.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0 || (event.target === table && !isOnPicture(event))) return;
    from = { x: event.clientX, y: event.clientY };
    table.setPointerCapture(event.pointerId);
  });
  table.addEventListener("pointermove", (event) => {
    if (!from || event.pointerType === "touch") return;
    if (!(event.buttons & 1)) { from = null; return; }
    table.scrollBy(from.x - event.clientX, from.y - event.clientY);
    from = { x: event.clientX, y: event.clientY };
  });
  for (const end of ["pointerup", "pointercancel"]) table.addEventListener(end, () => { from = null; });
}

function pinch(table, zoomAt) {
  const fingers = new Map();
  // The browser would take two fingers for a scroll, and say no more about them.
  table.addEventListener("touchstart", (event) => { if (event.touches.length > 1) event.preventDefault(); }, { passive: false });
  table.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") fingers.set(event.pointerId, event);
  });
  table.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = span(fingers);
    fingers.set(event.pointerId, event);
    const after = span(fingers);
    if (!before || !after) return;
    table.scrollBy(before.x - after.x, before.y - after.y);
    zoomAt(after.length / before.length, after.x, after.y);
  });
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, (event) => fingers.delete(event.pointerId));
}

/** The middle of two fingers, and how far they are apart; nothing of any other number. */
function span(fingers) {
  if (fingers.size !== 2) return null;
  const [one, other] = fingers.values();
  return {
    x: (one.clientX + other.clientX) / 2,
    y: (one.clientY + other.clientY) / 2,
    length: Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)),
  };
}

function turn(table, event, zoomAt) {
  if (event.ctrlKey || event.metaKey) { // a pinch on a touch pad comes as this too
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    zoomAt(Math.exp(-Math.max(-100, Math.min(100, lines)) / 300), event.clientX, event.clientY);
  } else if (!event.shiftKey && !event.deltaX && table.scrollHeight <= table.clientHeight && table.scrollWidth > table.clientWidth) {
    event.preventDefault(); // a strip has no up and down
    table.scrollBy(event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY, 0);
  }
}
