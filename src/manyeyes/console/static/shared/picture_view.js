// The picture: fitted, enlarged to its real pixels and beyond, moved, made clearer, veiled where it may upset; and the next
// one fetched and decoded beforehand.

import { say } from "./page_words.js";
import { patience } from "./server_calls.js";
import { keyName } from "./key_names.js";
import * as gestures from "./picture_gestures.js";
import { LEGIBLE, MODES, bounded, first, next, scaleOf } from "./zoom_steps.js";

const SMOOTH_UP_TO = 4; // of a picture as it is first shown, or whole; whoever enlarges it wants to see its pixels
const element = (id) => document.getElementById(id);
const table = element("table");
const stage = element("stage");

let picture = element("picture");
let zoom = { mode: "whole" };
let contrast = 0;
let ahead = null;
let lookedAt = "";
let retry = 0; // the timer of the next try to load the picture

/** Fetches and decodes the picture of the next task; `onReady` is told when it can be shown at once. */
export function prefetch(task, onReady) {
  if (!task?.image_url || ahead?.url === task.image_url) return;
  const image = new Image();
  image.src = task.image_url;
  ahead = { url: task.image_url, image };
  image.decode().then(() => onReady(task.lease), () => { if (ahead?.image === image) ahead = null; });
}

/** Shows the task's picture, decoded beforehand if it was fetched, and says whether it was veiled. `heard`: failed() at
    each try that fails, others follow by themselves; loaded() when it is there after such a one. */
export function show(task, heard) {
  clearTimeout(retry);
  const image = ahead?.url === task.image_url ? ahead.image : new Image();
  ahead = null;
  image.id = "picture";
  image.className = "picture";
  image.alt = picture.alt;
  image.draggable = false;
  if (!image.src) image.src = task.image_url;
  keepTrying(image, task.image_url, heard);
  (picture.closest("a") ?? picture).replaceWith(image); // without script it links to itself
  picture = image;
  begin();
  stage.toggleAttribute("data-marked", Boolean(task.marks));
  if (task.marks) element("veil-words").textContent = warning(task.marks);
  return veil(Boolean(task.marks) && lookedAt !== task.image_url);
}

function keepTrying(image, address, heard) {
  let failures = 0;
  image.onload = () => {
    begin();
    if (failures) heard.loaded();
    failures = 0;
  };
  image.onerror = () => {
    heard.failed();
    retry = setTimeout(() => { image.src = address; }, patience(failures));
    failures += 1;
  };
}

function warning(marks) {
  const names = new Intl.ListFormat(document.documentElement.lang, { type: "unit" }).format(marks.map((mark) => say(`mark.${mark}`)));
  return say("warning.marks", { marks: names });
}

function veil(on) {
  stage.toggleAttribute("data-veiled", on);
  element("veil").hidden = !on;
  return on;
}

const size = () => ({ width: picture.naturalWidth, height: picture.naturalHeight });

/** What the table has room for beside its margin and its scroll bars. */
function room() {
  const style = getComputedStyle(table);
  return {
    width: Math.max(1, table.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)),
    height: Math.max(1, table.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom)),
  };
}

function begin() {
  zoom = { mode: "whole" };
  stage.dataset.zoom = "whole"; // no scroll bars while room is measured
  if (picture.naturalWidth) zoom = { ...first(size(), room()), isFirst: true };
  fit();
  table.scrollTo(0, 0);
  tellMore();
}

/** Lays the picture out at the zoom that was chosen. */
function fit() {
  if (!picture.naturalWidth) return;
  stage.dataset.zoom = zoom.mode ?? "step"; // first: which scroll bars there are follows from it
  if (zoom.mode) zoom.scale = scaleOf(zoom.mode, size(), room());
  picture.style.width = `${Math.max(1, picture.naturalWidth * zoom.scale)}px`;
  picture.style.height = `${Math.max(1, picture.naturalHeight * zoom.scale)}px`;
  const isFitted = zoom.scale <= SMOOTH_UP_TO && (zoom.isFirst || zoom.mode === "whole");
  picture.style.imageRendering = zoom.scale > 1 && !isFitted ? "pixelated" : "";
  stage.toggleAttribute("data-larger", isWider() || isTaller());
  nameZoom();
  tellMore();
}

/** The step's name, and its share of the real size where that is less; a mark where it may be too small to be read. */
function nameZoom() {
  const share = `${Math.round(zoom.scale * 100) || "<1"}%`;
  const name = zoom.mode ? say(`picture.${zoom.mode}`) : share;
  element("zoom-name").textContent = zoom.mode && zoom.scale < 1 ? `${name} ${share}` : name;
  element("zoom-level").toggleAttribute("data-low", zoom.scale < LEGIBLE);
}

const isWider = () => table.scrollWidth > table.clientWidth + 1;
const isTaller = () => table.scrollHeight > table.clientHeight + 1;

/** Says where the picture goes on, until one has been there. */
function tellMore() {
  const isBelow = isTaller() && table.scrollTop + table.clientHeight < table.scrollHeight - 8;
  const isBeside = isWider() && table.scrollLeft + table.clientWidth < table.scrollWidth - 8;
  const key = isBelow ? "picture.below" : isBeside ? "picture.beside" : "";
  const more = element("more");
  if (more.dataset.key === key) return;
  more.dataset.key = key;
  more.hidden = !key;
  more.textContent = key ? say(key) : "";
}

/** Changes the zoom so that the point (x, y) of the window, the middle if none is named, stays where it is. */
function change(to, x, y) {
  const box = table.getBoundingClientRect();
  const at = { x: x ?? box.left + table.clientWidth / 2, y: y ?? box.top + table.clientHeight / 2 };
  const before = picture.getBoundingClientRect();
  zoom = to;
  fit();
  const after = picture.getBoundingClientRect();
  const part = (start, length, point) => Math.max(0, Math.min(1, (point - start) / length));
  table.scrollBy(
    after.left + part(before.left, before.width, at.x) * after.width - at.x,
    after.top + part(before.top, before.height, at.y) * after.height - at.y,
  );
  tellMore();
}

export function zoomBy(steps) {
  if (picture.naturalWidth) change({ ...next(zoom.scale, steps, size(), room()) });
}

/** Shows it as a mode says: "whole", "width", "height", or "real", one CSS pixel for each of its own. */
export function zoomTo(mode) {
  if (picture.naturalWidth) change({ mode });
}

function zoomToNext() {
  zoomTo(MODES[(MODES.indexOf(zoom.mode) + 1) % MODES.length]);
}

function zoomAt(factor, x, y) {
  if (picture.naturalWidth) change({ scale: bounded(zoom.scale * factor, size(), room()) }, x, y);
}

/** Moves an enlarged picture by a third of what is seen: -1, 0 or 1 to the right and down. */
export function moveBy(right, down) {
  table.scrollBy((right * table.clientWidth) / 3, (down * table.clientHeight) / 3);
}

/** Goes on (1) or back (-1) by nearly all that is seen: down a tall picture, along a wide one. False: all is in sight. */
export function turnPage(direction) {
  if (isTaller()) table.scrollBy(0, direction * table.clientHeight * 0.85);
  else table.scrollBy(direction * table.clientWidth * 0.85, 0);
  return isTaller() || isWider();
}

/** Goes through plain, stronger and inverted contrast; kept from picture to picture. */
export function changeContrast() {
  contrast = (contrast + 1) % 3;
  stage.dataset.contrast = String(contrast);
  element("contrast").setAttribute("aria-pressed", String(contrast > 0));
}

/** What keys do to the picture, alike for those who answer and those who judge; no key here types anything.
 *  One that answers false has had no use for its key. */
export const KEYS = {
  "Alt+KeyC": changeContrast,
  "Alt+ArrowUp": () => zoomBy(1),
  "Alt+ArrowDown": () => zoomBy(-1),
  "Alt+KeyA": () => zoomTo("whole"),
  "Alt+KeyW": () => zoomTo("width"),
  "Alt+KeyH": () => zoomTo("height"),
  "Alt+KeyO": () => zoomTo("real"),
  "Alt+Shift+ArrowLeft": () => moveBy(-1, 0),
  "Alt+Shift+ArrowRight": () => moveBy(1, 0),
  "Alt+Shift+ArrowUp": () => moveBy(0, -1),
  "Alt+Shift+ArrowDown": () => moveBy(0, 1),
  PageUp: () => turnPage(-1),
  PageDown: () => turnPage(1),
};

/** While Alt and V, or the key in their place, are held a blurred or grey picture is seen as it is. */
function furnishClear() {
  let held = "";
  document.addEventListener("keydown", (event) => {
    if (keyName(event) === "Alt+KeyV" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      held = event.code;
      stage.toggleAttribute("data-clear", true);
    }
  });
  document.addEventListener("keyup", (event) => {
    if (event.code === held || event.key === "Alt") stage.toggleAttribute("data-clear", false);
  });
  addEventListener("blur", () => stage.toggleAttribute("data-clear", false));
}

/** Wires the tools, the hands on the picture, and the button that lifts the veil. */
export function furnish(onUnveiled) {
  element("zoom-in").addEventListener("click", () => zoomBy(1));
  element("zoom-out").addEventListener("click", () => zoomBy(-1));
  element("zoom-level").addEventListener("click", zoomToNext);
  element("contrast").addEventListener("click", changeContrast);
  element("unveil").addEventListener("click", () => {
    lookedAt = picture.getAttribute("src");
    veil(false);
    onUnveiled();
  });
  furnishClear();
  new ResizeObserver(fit).observe(table);
  table.addEventListener("scroll", tellMore, { passive: true });
  gestures.furnish(table, zoomAt);
}
