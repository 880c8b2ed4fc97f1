// How large a picture is shown. A scale is CSS pixels per pixel of the picture: at 1 every pixel of it is there, and on
// screens with finer pixels too. Nothing here touches the page.

export const MODES = ["whole", "width", "height", "real"];
const LADDER = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.5, 2, 3, 4, 6, 8];
const ENLARGED = 3; // at most, before anybody asks for more
const VISIBLE = 96; // CSS pixels, which the longer side of the smallest picture gets
export const LEGIBLE = 0.4; // below it, letters of a usual size are no letters any more
const MUCH_LARGER = 3;
const NEAR = 1.05; // steps closer to each other are one

const most = (size) => Math.max(ENLARGED, VISIBLE / Math.max(size.width, size.height));

/** The scale of a mode for a picture of this size in a room of that one; "width" and "height" fill it exactly. */
export function scaleOf(mode, size, room) {
  const across = room.width / size.width;
  const down = room.height / size.height;
  return { whole: Math.min(across, down, most(size)), width: across, height: down, real: 1 }[mode];
}

/** How a picture is shown first: whole where it can be read so, else along its shorter side. Returns {mode} or {scale}. */
export function first(size, room) {
  const whole = scaleOf("whole", size, room);
  const mode = room.width / size.width > room.height / size.height ? "width" : "height";
  const along = Math.min(scaleOf(mode, size, room), most(size));
  if (whole >= LEGIBLE || (along < LEGIBLE && along < MUCH_LARGER * whole)) return { mode: "whole" };
  return along === scaleOf(mode, size, room) ? { mode } : { scale: along };
}

/** The next step from a scale, up (1) or down (-1): a mode's, or one of the ladder; at its end the scale itself. */
export function next(scale, direction, size, room) {
  const modes = MODES.map((mode) => ({ mode, scale: scaleOf(mode, size, room) }));
  const largest = Math.max(8, ...modes.map((step) => step.scale));
  const steps = modes.filter((step) => step.mode === "whole" || step.mode === "real");
  for (const step of [...[...LADDER, ...beyond(largest)].map((scale) => ({ scale })), ...modes]) {
    if (!steps.some((other) => isNear(other.scale, step.scale))) steps.push(step);
  }
  const smallest = Math.min(scaleOf("whole", size, room), 1 / 2);
  const open = steps.filter((step) => step.scale >= smallest / NEAR && (direction > 0 ? step.scale > scale * NEAR : step.scale < scale / NEAR));
  return open.reduce((best, step) => (best && (best.scale - step.scale) * direction <= 0 ? best : step), null) ?? { scale };
}

/** A scale between the smallest and the largest step, for fingers and wheels, which know no steps. */
export function bounded(scale, size, room) {
  const scales = MODES.map((mode) => scaleOf(mode, size, room));
  return Math.max(Math.min(...scales, 1 / 2), Math.min(Math.max(8, ...scales), scale));
}

const isNear = (one, other) => Math.max(one / other, other / one) <= NEAR;

function beyond(largest) {
  const rungs = [];
  for (let rung = 12; rung <= largest; rung *= 2) rungs.push(rung);
  return rungs;
}
