/** Work that waits until the browser has painted what is on the screen. */

const waiting = new Map<object, () => void>();

/** For so many ms at once the page does not answer its reader. */
const mostMs = 12;

/** Does something soon. What was to be done for the same owner is not done any more. */
export function doLater(owner: object, work: () => void): void {
  waiting.set(owner, work);
  if (waiting.size > 1) return;
  document.body.setAttribute("aria-busy", "true");
  // The next frame is painted first.
  requestAnimationFrame(() => setTimeout(doSome));
}

/** Forgets what was to be done for an owner. */
export function dropWork(owner: object): void {
  if (waiting.delete(owner)) endIfDone();
}

function doSome(): void {
  const end = performance.now() + mostMs;
  while (waiting.size > 0 && performance.now() < end) doNext();
  if (!endIfDone()) setTimeout(doSome);
}

function doNext(): void {
  const [owner, work] = waiting.entries().next().value!;
  waiting.delete(owner);
  work();
}

function endIfDone(): boolean {
  if (waiting.size === 0) document.body.removeAttribute("aria-busy");
  return waiting.size === 0;
}

// What is printed is drawn before.
addEventListener("beforeprint", () => {
  while (waiting.size > 0) doNext();
  endIfDone();
});
