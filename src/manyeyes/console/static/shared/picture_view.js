// The picture: fitted, enlarged, made clearer, veiled where it may upset; and the next one fetched and decoded beforehand.

const ENLARGED_AT_MOST = 3;
const ZOOMS = [0.5, 0.75, 1, 1.5, 2, 3, 4, 6];
const element = (id) => document.getElementById(id);
const table = element("table");
const stage = element("stage");

let picture = element("picture");
let zoom = ZOOMS.indexOf(1);
let contrast = 0;
let ahead = null;
let lookedAt = "";

/** Fetches and decodes the picture of the next task; `onReady` is told when it can be shown at once. */
export function prefetch(task, onReady) {
  if (!task?.image_url || ahead?.url === task.image_url) return;
  const image = new Image();
  image.src = task.image_url;
  ahead = { url: task.image_url, image };
  image.decode().then(() => onReady(task.lease), () => { if (ahead?.image === image) ahead = null; });
}

/** Shows the task's picture, decoded beforehand if it was fetched, and says whether it was veiled. */
export function show(task, onFailure) {
  const image = ahead?.url === task.image_url ? ahead.image : new Image();
  ahead = null;
  image.id = "picture";
  image.className = "picture";
  image.alt = picture.alt;
  image.draggable = false;
  if (!image.src) image.src = task.image_url;
  image.onload = fit;
  image.onerror = onFailure;
  picture.replaceWith(image);
  picture = image;
  zoom = ZOOMS.indexOf(1);
  fit();
  return veil(Boolean(task.queue.sensitive) && lookedAt !== task.image_url);
}

function veil(on) {
  stage.toggleAttribute("data-veiled", on);
  element("veil").hidden = !on;
  return on;
}

/** The size at which the picture fills the stage, at most three times its own; zoom steps multiply it. */
function fit() {
  if (!picture.naturalWidth) return;
  const room = { width: table.clientWidth - 48, height: table.clientHeight - 48 };
  const whole = Math.min(room.width / picture.naturalWidth, room.height / picture.naturalHeight, ENLARGED_AT_MOST);
  picture.style.width = `${Math.round(picture.naturalWidth * whole * ZOOMS[zoom])}px`;
  stage.toggleAttribute("data-larger", ZOOMS[zoom] > 1);
  element("zoom-level").textContent = `${Math.round(ZOOMS[zoom] * 100)}%`;
}

export function zoomBy(steps) {
  zoom = Math.max(0, Math.min(ZOOMS.length - 1, zoom + steps));
  const middle = { x: (table.scrollLeft + table.clientWidth / 2) / table.scrollWidth, y: (table.scrollTop + table.clientHeight / 2) / table.scrollHeight };
  fit();
  table.scrollTo(middle.x * table.scrollWidth - table.clientWidth / 2, middle.y * table.scrollHeight - table.clientHeight / 2);
}

/** Moves an enlarged picture by a third of what is seen: -1, 0 or 1 to the right and down. */
export function moveBy(right, down) {
  table.scrollBy((right * table.clientWidth) / 3, (down * table.clientHeight) / 3);
}

/** Goes through plain, stronger and inverted contrast; kept from picture to picture. */
export function changeContrast() {
  contrast = (contrast + 1) % 3;
  stage.dataset.contrast = String(contrast);
  element("contrast").setAttribute("aria-pressed", String(contrast > 0));
}

/** Wires the tools, dragging with a mouse, and the button that lifts the veil. */
export function furnish(onUnveiled) {
  element("zoom-in").addEventListener("click", () => zoomBy(1));
  element("zoom-out").addEventListener("click", () => zoomBy(-1));
  element("contrast").addEventListener("click", changeContrast);
  element("unveil").addEventListener("click", () => {
    lookedAt = picture.getAttribute("src");
    veil(false);
    onUnveiled();
  });
  new ResizeObserver(fit).observe(table);
  table.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && event.buttons === 1) table.scrollBy(-event.movementX, -event.movementY);
  });
}
