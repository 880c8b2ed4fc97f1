// Parts of a page that the server drew anew are put in place of the old ones; whoever types somewhere keeps their place.

/** Reads a reply as a page; null for one that is none. */
export async function pageOf(reply) {
  const isPage = (reply.headers.get("content-type") ?? "").startsWith("text/html");
  return isPage ? new DOMParser().parseFromString(await reply.text(), "text/html") : null;
}

/** Puts parts, by their ids, in the place of those that are there; one that has the focus inside stays unless `force`. */
export function replaceParts(page, ids, { force = false } = {}) {
  for (const id of ids) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh || old.outerHTML === fresh.outerHTML) continue;
    if (!force && old.contains(document.activeElement)) continue;
    old.replaceWith(document.adoptNode(fresh));
  }
}
