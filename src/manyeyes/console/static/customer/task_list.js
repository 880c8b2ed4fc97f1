// The list of tasks stays as true as it was when it was opened: what lies on the page changes where it stands, and what is
// new is counted, not moved in. Nothing is asked while nobody looks at the page.

import { page, say } from "../shared/page_words.js";
import { patience } from "../shared/server_calls.js";
import * as timeToComplain from "./time_to_complain.js";

const BEAT = 5000;
const notice = document.getElementById("notice");
const fresh = document.getElementById("fresh");
const element = (id) => document.getElementById(id);
const section = () => element("list");
const rows = (root) => [...root.querySelectorAll("[data-task]")];

let tag = "";
let asked = "";
let timer = 0;
let attempt = 0;
let isOver = false;

/** Asks how the tasks on this page are now, and again in a while. */
async function look() {
  clearTimeout(timer);
  if (document.hidden || isOver) return;
  let delay = BEAT;
  try {
    await ask();
    attempt = 0;
  } catch {
    delay = Math.max(BEAT, patience((attempt += 1)));
  }
  clearTimeout(timer);
  if (!document.hidden && !isOver) timer = setTimeout(look, delay);
}

async function ask() {
  const from = section();
  const address = new URL(from.dataset.rows, location.href);
  address.searchParams.set("ids", rows(from).map((row) => row.dataset.task).join(","));
  address.searchParams.set("back", from.dataset.here);
  const before = asked === address.href ? tag : "";
  const reply = await fetch(address, {
    credentials: "same-origin", redirect: "manual", headers: before ? { "If-None-Match": before } : {},
  });
  if (reply.status === 304 || from !== section()) return;
  if (reply.type === "opaqueredirect" || (reply.status >= 400 && reply.status < 500)) {
    isOver = true; // signed out, perhaps in another tab
    return;
  }
  if (!reply.ok) throw new TypeError(`server answered ${reply.status}`);
  const list = parsed(await reply.text()).getElementById("tasks");
  if (!list) return;
  [asked, tag] = [address.href, reply.headers.get("etag") ?? ""];
  for (const row of rows(list)) put(row);
  tellNew(Number(list.dataset.fresh ?? 0));
  furnish();
}

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

/** Puts a row in the place of the one that stands for the same task, unless nothing of it changed but the time. */
function put(row) {
  const shown = element(row.id);
  if (!shown) return;
  if (plain(shown) === plain(row)) {
    const [left, told] = [shown.querySelector("[data-left]"), row.querySelector("[data-left]")];
    if (left && told) timeToComplain.recount(left, told);
    return;
  }
  const held = shown.contains(document.activeElement) ? document.activeElement : null;
  const now = document.importNode(row, true);
  shown.replaceWith(now);
  if (!held) return;
  const next = (held.id && element(held.id)) || now.querySelector(".do a[href]") || now.querySelector("a[href]");
  next?.focus({ preventScroll: true });
}

function plain(row) {
  const copy = row.cloneNode(true);
  for (const each of copy.querySelectorAll(".left")) each.textContent = "";
  for (const each of copy.querySelectorAll(".asks")) each.open = false; // whoever is being asked is not interrupted
  for (const each of copy.querySelectorAll("[data-left]")) {
    each.removeAttribute("data-left");
    each.hidden = false;
  }
  return copy.outerHTML;
}

function tellNew(number) {
  const isFull = number >= Number(page.most);
  if (!number) return fresh.replaceChildren();
  if (!rows(section()).length) return showNew();
  const link = fresh.querySelector("a") ?? document.createElement("a");
  link.className = "button";
  link.href = section().dataset.first;
  const words = say("new.tasks", { n: isFull ? `${number}+` : number });
  if (link.textContent !== words) link.textContent = words;
  if (!link.isConnected) fresh.replaceChildren(link);
  return undefined;
}

/** Puts the newest page of the same list in the place of this one. */
async function showNew(event) {
  event?.preventDefault();
  const address = section().dataset.first;
  try {
    const reply = await fetch(address, { credentials: "same-origin" });
    if (!take(parsed(await reply.text()))) throw new TypeError("no list came");
    rows(section())[0]?.querySelector("a[href]")?.focus();
  } catch {
    location.assign(address);
  }
}

/** Takes the list and what was refused from another copy of this page; says whether it is one. */
function take(other) {
  const list = other.getElementById("list");
  if (!list) return false;
  section().replaceWith(document.importNode(list, true));
  element("fresh").replaceWith(fresh);
  fresh.replaceChildren();
  furnish();
  return true;
}

/** Sends a form as it would be sent without script, and shows what came of it where it stands. */
async function send(event) {
  const form = event.target.closest("form.say");
  if (!form || !form.closest("[data-task]")) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const reply = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    if (!reply.ok) throw new TypeError(`server answered ${reply.status}`);
    const said = parsed(await reply.text()).getElementById("notice");
    notice.textContent = said?.textContent ?? "";
    notice.hidden = !notice.textContent;
  } catch {
    if (event.submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: event.submitter.name, value: event.submitter.value }));
    form.submit(); // as without script
    return;
  }
  await look();
  delete form.dataset.sent;
}

function furnish() {
  for (const image of section().querySelectorAll("img.thumb")) image.onerror ??= () => lose(image);
  timeToComplain.count();
}

function lose(image) {
  const none = document.createElement("span");
  none.className = "thumb none";
  none.textContent = say("picture.gone");
  image.replaceWith(none);
}

document.addEventListener("submit", send);
document.addEventListener("visibilitychange", look);
addEventListener("online", look);
fresh.addEventListener("click", showNew);
furnish();
timer = setTimeout(look, BEAT);
