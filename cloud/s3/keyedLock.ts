/** Runs work under a name: one after the other for the same name, at once for different names. */
export class KeyedLock {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Runs `work` after all earlier work of that name has ended, with success or without. */
  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.last.get(name) ?? Promise.resolve()).then(work);
    const ended = mine
      .catch(() => undefined)
      .then(() => {
        if (this.last.get(name) === ended) this.last.delete(name);
      });
    this.last.set(name, ended);
    return mine;
  }
}
