import { livedDay } from "../../simulator/edits";
import { firstLibrary } from "../../simulator/initialLibrary";
import { listeningOf } from "../../simulator/listening";
import type { Library } from "../../simulator/model";
import type { Listening } from "../../simulator/plays";
import { dayMs, type Clock } from "../../simulator/times";
import type { Setup } from "./setup";

/** The listeners' library, which changes between two of Spotify's answers. */
export class ChangingLibrary {
  library: Library;
  readonly listening: Listening;
  private changes = 0;
  private callsLeft = Infinity;

  constructor(
    private readonly setup: Setup,
    private readonly seed: number,
    private readonly clock: Clock,
  ) {
    this.library = initialLibrary(setup);
    this.listening = listeningOf(setup.library, () => this.library);
  }

  /** Changes the library at the `calls`th Web API call from now, unless it has changed on that day. */
  changeAfter(calls: number): void {
    this.callsLeft = calls;
  }

  /** Counts a Web API call, which is not answered yet; returns whether the library has changed. */
  countCall(): boolean {
    this.callsLeft -= 1;
    const { start } = this.setup;
    if (this.callsLeft !== 0 || this.changes > (this.clock.now() - start) / dayMs) return false;
    const midnight = start + this.changes * dayMs;
    this.changes += 1;
    this.library = livedDay(this.library, `faults ${this.seed}`, this.changes, midnight);
    return true;
  }
}

const libraries = new Map<string, Library>();

/** Makes a library once. */
function initialLibrary({ library: seed, start, size }: Setup): Library {
  const name = JSON.stringify([seed, start, size]);
  const library = libraries.get(name) ?? firstLibrary(`faults ${seed}`, start, size);
  libraries.set(name, library);
  return library;
}
