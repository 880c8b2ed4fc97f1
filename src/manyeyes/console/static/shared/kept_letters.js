// What waits for the line, kept in this browser for the worker whose it is: a page that is closed or loaded anew loses nothing.

const PREFIX = "manyeyes.waiting.";
const MOST = 20; // letters: a desk holds two tasks, so that more wait only after many lost leases
const LONGEST = 64_000; // characters of one

const placeOf = (who, letter) => `${PREFIX}${who}.${letter.body.lease}`;

/** Keeps a letter; false where the browser keeps nothing, or it is too much. */
export function keep(who, letter) {
  const text = JSON.stringify({ ...letter, at: Date.now() });
  try {
    if (!who || text.length > LONGEST || placesOf(who).length >= MOST) return false;
    localStorage.setItem(placeOf(who, letter), text);
    return true;
  } catch {
    return false;
  }
}

/** Forgets a letter that was taken or refused. */
export function forget(who, letter) {
  try {
    localStorage.removeItem(placeOf(who, letter));
  } catch {
    // the browser keeps nothing
  }
}

/** The letters that wait for somebody, in the order in which they were written. */
export function kept(who) {
  try {
    return placesOf(who).map(read).filter(Boolean).sort((one, other) => one.at - other.at);
  } catch {
    return [];
  }
}

/** Forgets what waits for anybody else than the person who is signed in now; empty: nobody is. */
export function forgetOthers(who) {
  if (!who) return;
  try {
    const others = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && !key.startsWith(`${PREFIX}${who}.`));
    others.forEach((key) => localStorage.removeItem(key));
  } catch {
    // the browser keeps nothing
  }
}

const placesOf = (who) => Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}${who}.`));

function read(place) {
  try {
    const { path, body, said, text, at } = JSON.parse(localStorage.getItem(place));
    const isWhole = ["/answers", "/skips"].includes(path) && typeof body.lease === "string";
    return isWhole ? { path, body, said: String(said), text: String(text ?? ""), at: Number(at) || 0, isKept: true } : null;
  } catch {
    localStorage.removeItem(place);
    return null;
  }
}
