// A draft's page: what is dropped goes up at once, and what is typed is kept and shown on the worker's screen meanwhile.

import { dropped, picked, uploadsOf } from "./dropped_files.js";
import { Refused, sendUpload } from "./item_upload.js";
import { pageOf, replaceParts } from "./page_parts.js";
import { caret, putBack, typedSince } from "./typed_since.js";

const REST = 700; // milliseconds without a key before what is typed is kept
const part = (id) => document.getElementById(id);
const { words, job: known } = JSON.parse(part("page-data").textContent);
const form = part("draft-form");
const draftKey = crypto.getRandomValues(new Uint32Array(4)).join("-"); // a lost reply opens no second draft
let job = known;
let timer = 0;
let line = Promise.resolve(); // what is sent goes one after the other
let stopper = null;

const fill = (key, values = {}) => words[key].replace(/%\((\w+)\)s/g, (_, name) => values[name]).replaceAll("%%", "%");
const say = (key, values) => { part("saved").textContent = key ? fill(key, values) : ""; };

/** The draft's number; opened now if it is not yet. */
async function opened() {
  if (job) return job;
  const reply = await fetch("/v1/jobs", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "Idempotency-Key": draftKey },
    body: JSON.stringify({ name: "", question: { kind: "text", words: "", case: false } }),
  });
  const said = await reply.json();
  if (!reply.ok) throw new Refused(reply.status, said);
  job = said.id;
  const address = `/customer/jobs/${job}`;
  history.replaceState(null, "", address);
  form.action = address;
  part("files-form").action = `${address}/files`;
  return job;
}

// --- what is typed

function keepSoon() {
  say("unsaved");
  clearTimeout(timer);
  timer = setTimeout(() => send("keep"), REST);
}

/** Sends the form as if a button were pressed, and shows what came of it. */
function send(deed) {
  clearTimeout(timer);
  line = line.then(() => sendNow(deed)).catch(() => {
    part("builder").inert = false;
    say("unsaved");
  });
  return line;
}

async function sendNow(deed) {
  const isKept = deed === "keep";
  if (isKept) {
    await opened();
    say("saving");
  }
  const body = new FormData(form);
  body.set("do", deed);
  // Fields that change their places take their names along: nothing is typed into them meanwhile.
  const isMoving = /^(up|down|remove|drop)-/.test(deed);
  if (isMoving) part("builder").inert = true;
  const reply = await fetch(form.action, { method: "POST", credentials: "same-origin", body });
  const fresh = await pageOf(reply);
  if (!fresh) {
    part("builder").inert = false;
    return say("unsaved");
  }
  replaceParts(fresh, ["preview", "cost", "uploads", "wrong"]);
  if (!isKept) redraw(fresh, body, isMoving);
  else say(!reply.ok || typedSince(form, body).length ? "unsaved" : "saved");
}

/** Puts the form as the server drew it in place; what was typed since it was sent stays, and is kept soon. */
function redraw(fresh, sent, isMoving) {
  const typed = isMoving ? [] : typedSince(form, sent);
  const back = caret();
  replaceParts(fresh, ["builder", "queues", "answers"], { force: true });
  putBack(form, typed);
  back(form.querySelector("[autofocus]"));
  keepSoon();
}

form.addEventListener("input", (event) => {
  if (event.target.dataset.redraw === undefined) keepSoon();
});
form.addEventListener("change", (event) => {
  if (event.target.dataset.redraw !== undefined) send("show");
});
form.addEventListener("submit", (event) => {
  const deed = event.submitter?.value ?? "save";
  if (deed === "save" || deed === "start") return;
  event.preventDefault();
  send(deed);
});

// --- what is dropped

async function take(files) {
  const uploads = uploadsOf(files);
  part("sent-wrong").hidden = true;
  if (!uploads.length) return complain(fill("empty"), []);
  stopper = new AbortController();
  part("sending").hidden = false;
  try {
    // What is typed goes first: while a file is half there, nothing else of the draft changes.
    await send("keep");
    for (const upload of uploads) await sendOne(await opened(), upload);
  } catch (failure) {
    if (failure instanceof Refused) complain(failure.errors.length ? fill("bad", { name: failure.upload ?? "" }) : fill("refused", { reason: failure.message }), failure.errors);
    else part("sending-words").textContent = fill("stopped");
  }
  part("sending-bar").hidden = part("sending-stop").hidden = true;
  stopper = null;
  send("keep");
}

async function sendOne(to, upload) {
  const { name } = upload;
  const [bar, told] = [part("sending-bar"), part("sending-words")];
  bar.hidden = part("sending-stop").hidden = false;
  try {
    const taken = await sendUpload(to, upload, {
      signal: stopper.signal,
      onProgress: (share) => {
        bar.value = Math.floor(share * 100);
        told.textContent = share < 1 ? fill("sending", { name, percent: bar.value }) : fill("checking");
      },
      onCut: () => { told.textContent = fill("again"); },
    });
    const skipped = taken.skipped?.length ? ` ${fill("skipped", { names: taken.skipped.slice(0, 5).join(", ") })}` : "";
    told.textContent = fill("taken", { name }) + skipped;
  } catch (failure) {
    failure.upload = name;
    part("sending-words").textContent = "";
    throw failure;
  }
}

function complain(said, errors) {
  part("sent-wrong-words").textContent = said;
  part("sent-wrong-lines").replaceChildren(
    ...errors.map((error) => {
      const [entry, place, detail] = ["li", "b", "bdi"].map((name) => document.createElement(name));
      place.textContent = error.line ? `${fill("line", { line: error.line })} ` : "";
      detail.textContent = error.detail;
      detail.lang = "en";
      entry.append(place, detail);
      return entry;
    }),
  );
  part("sent-wrong").hidden = false;
}

const drop = part("drop");
part("drop-words").hidden = part("folder").hidden = false;
part("send-files").hidden = true;
for (const name of ["dragenter", "dragover"]) {
  addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.add("over");
  });
}
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
addEventListener("drop", async (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  drop.classList.remove("over");
  if (!stopper) take(await dropped(event.dataTransfer));
});
async function takePicked(input) {
  const files = picked(input);
  if (files.length && !stopper) await take(files);
  input.value = "";
}
for (const input of [part("pick-files"), part("pick-folder")]) {
  input.addEventListener("change", () => takePicked(input));
  if (input.files.length) takePicked(input); // chosen before this script had come
}
part("sending-stop").addEventListener("click", () => stopper?.abort());
