// The way to the server: calls that are repeated until they are answered, and the stream that tells what is on the desk.

export class Refusal extends Error {
  constructor(status, body) {
    super(body.reason ?? body.refusal ?? String(status));
    this.status = status;
    this.refusal = body.refusal ?? "";
    this.reason = body.reason ?? "";
  }
}

export const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Milliseconds to wait before the next try: longer each time, and never in step with others. */
export const patience = (attempt) => Math.min(250 * 2 ** attempt, 8000) * (0.75 + Math.random() / 2);

/** One call of /v1; resolves to the reply's JSON (null for 204), throws Refusal for a "no", TypeError when nothing came
    back, and AbortError when `signal` ended it. */
export async function call(method, path, body, signal) {
  const reply = await fetch(`/v1${path}`, {
    method,
    signal,
    credentials: "same-origin",
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (reply.status >= 500) throw new TypeError(`server answered ${reply.status}`);
  if (reply.status === 204) return null;
  const content = await reply.json();
  if (!reply.ok) throw new Refusal(reply.status, content);
  return content;
}

/** Repeats a call until the server says yes or no; `onTrouble` hears of every try that got neither. */
export async function insist(method, path, body, onTrouble, signal) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call(method, path, body, signal);
    } catch (failure) {
      if (failure instanceof Refusal || signal?.aborted) throw failure;
      onTrouble();
      await wait(patience(attempt));
    }
  }
}

let lastDeed = Promise.resolve();

/** Does what comes or goes after what came or went before: a break that arrived behind the start after it would end it. */
export function inTurn(deed) {
  lastDeed = lastDeed.then(deed, deed);
  return lastDeed;
}

/** The event stream, opened again after every loss. Handlers: tasks(desk), session(session), up(), down(), refused(refusal). */
export class Stream {
  #source = null;
  #attempt = 0;
  #timer = 0;
  #wanted = false;
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
    addEventListener("online", () => this.#source?.readyState === EventSource.CLOSED && this.#again(0));
  }

  open() {
    this.#wanted = true;
    if (this.#source) return;
    const source = new EventSource("/v1/worker/events");
    this.#source = source;
    source.onopen = () => {
      this.#attempt = 0;
      this.#handlers.up();
    };
    source.addEventListener("tasks", (event) => this.#handlers.tasks(JSON.parse(event.data)));
    source.addEventListener("session", (event) => this.#handlers.session(JSON.parse(event.data)));
    source.onerror = () => this.#lost();
  }

  get isOpen() {
    return this.#source?.readyState === EventSource.OPEN;
  }

  close() {
    this.#wanted = false;
    this.#drop();
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  // The browser repeats a stream that broke, but gives up on one that was answered with an error: ask why, then try again.
  #lost() {
    this.#handlers.down();
    if (this.#source?.readyState !== EventSource.CLOSED) return;
    this.#again(patience(this.#attempt));
    this.#attempt += 1;
  }

  #again(delay) {
    this.#drop();
    this.#timer = setTimeout(async () => {
      try {
        // The session may say that work is over; its handler then closes this stream.
        this.#handlers.session(await call("GET", "/worker/session"));
        if (this.#wanted) this.open();
      } catch (failure) {
        if (failure instanceof Refusal) this.#handlers.refused(failure);
        else if (this.#wanted) this.#again(patience(this.#attempt++));
      }
    }, delay);
  }
}
