// The tasks that a worker holds: the one in work and the one after it. The page shows the next one the moment an answer
// leaves, without waiting for the server; whatever the server says later is the truth.

const taskOf = (lease) => lease.slice(0, lease.lastIndexOf("-"));

/** Whether two leases are of one task; none is of none. */
export const isOneTask = (one, other) => Boolean(one && other) && taskOf(one) === taskOf(other);

export class HeldTasks {
  current = null;
  upcoming = null;
  #sent = new Set();
  #lost = new Set(); // tasks
  #drafts = new Map(); // by task: a lease that ran out comes back under another number

  /** Takes over what the server says is on the desk: {current, upcoming}, each a lease or null. */
  receive({ current, upcoming }) {
    this.current = current;
    this.upcoming = upcoming;
  }

  /** Takes over the next lease that came with the reply to an answer or a skip. */
  advance(next) {
    if (next && this.upcoming?.lease === next.lease) this.upcoming = null;
    this.current = next ?? (this.#sent.has(this.current?.lease) ? null : this.current);
  }

  /** The tasks not yet answered or skipped here, the one to show first. */
  get open() {
    return [this.current, this.upcoming].filter((task) => task && !this.#sent.has(task.lease));
  }

  /** Marks a lease as answered or skipped, so that it is shown no more. */
  settle(lease) {
    this.#sent.add(lease);
    this.#drafts.delete(taskOf(lease));
  }

  /** Puts a lease whose answer was refused back on the desk, with the text that was sent. */
  restore(lease, text) {
    this.#sent.delete(lease);
    this.#drafts.set(taskOf(lease), text);
  }

  isSettled(lease) {
    return this.#sent.has(lease);
  }

  /** Notes that a lease ended before it was answered; its task may come back. */
  lose(lease) {
    this.#lost.add(taskOf(lease));
  }

  /** Tells, once, that the task of a lease was lost before and has come back. */
  hasComeBack(lease) {
    return this.#lost.delete(taskOf(lease));
  }

  keepDraft(lease, text) {
    this.#drafts.set(taskOf(lease), text);
  }

  draft(lease) {
    return this.#drafts.get(taskOf(lease)) ?? "";
  }
}
