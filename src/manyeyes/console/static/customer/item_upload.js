// One upload into a draft: sent with its progress, and after a cut from the line on that had not arrived.

import { patience, wait } from "../shared/server_calls.js";

const TRIES = 12; // without anything new having arrived: some minutes

export class Refused extends Error {
  constructor(status, body) {
    super(body.detail ?? body.reason ?? String(status));
    this.status = status;
    this.errors = (body.errors ?? []).filter((error) => error.line || error.detail);
    this.refusal = body.refusal ?? "";
  }
}

/** Sends an upload whole; resolves to the server's word about it. `onProgress(share)`, `onCut()`; `signal` stops it. */
export async function sendUpload(job, upload, { onProgress, onCut, signal }) {
  let known = await linesThere(job, upload);
  for (let attempt = 0; ; attempt += 1) {
    try {
      const from = upload.type === "application/zip" || upload.type.startsWith("text/") ? 0 : known;
      return await post(job, upload, from, onProgress, signal);
    } catch (failure) {
      if (failure instanceof Refused || signal.aborted || attempt >= TRIES) throw failure;
      onCut();
      await wait(patience(attempt));
      const there = await linesThere(job, upload).catch(() => known);
      if (there > known) attempt = -1;
      known = there;
    }
  }
}

/** How many lines of an upload have arrived and are kept. */
async function linesThere(job, { key }) {
  const reply = await fetch(`/v1/jobs/${job}/uploads/${encodeURIComponent(key)}`, { credentials: "same-origin" });
  if (reply.status === 404) return 0;
  if (!reply.ok) throw new TypeError(`server answered ${reply.status}`);
  const { lines, complete } = await reply.json();
  return complete ? 0 : lines;
}

async function post(job, upload, lines, onProgress, signal) {
  const body = upload.type ? await rest(upload.files[0][1], lines) : form(upload.files.slice(lines));
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/v1/jobs/${job}/items?from_line=${lines + 1}`);
    request.setRequestHeader("Upload-Key", upload.key);
    if (upload.type) request.setRequestHeader("Content-Type", upload.type);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () => {
      if (request.status >= 500 || request.status === 429) return reject(new TypeError(`server answered ${request.status}`));
      const said = readJson(request.responseText);
      return request.status < 300 ? resolve(said) : reject(new Refused(request.status, said));
    };
    request.onerror = () => reject(new TypeError("the connection was lost"));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

function form(files) {
  const body = new FormData();
  for (const [path, file] of files) body.append("picture", file, path);
  return body;
}

/** A file without its first lines. */
async function rest(file, lines) {
  let [at, left] = [0, lines];
  const reader = file.stream().getReader();
  while (left > 0) {
    const { value, done } = await reader.read();
    if (done) break;
    let from = 0;
    for (; left > 0; left -= 1) {
      const end = value.indexOf(10, from);
      if (end < 0) break;
      from = end + 1;
    }
    at += left > 0 ? value.length : from;
  }
  await reader.cancel();
  return file.slice(at);
}

function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
