import { element } from "./elements";
import type { State } from "./state";

/** Returns what there is to do and to know about the chosen listener, as it stands above the charts; nothing if all is well. */
export function attention({ data, listener: chosen }: State): HTMLElement {
  const notes = data.notes.filter(({ listener = chosen }) => listener === chosen);
  return element(
    "aside",
    { class: "notes", "aria-label": "What to do and to know", hidden: notes.length === 0 },
    element("ul", {}, ...notes.map(({ kind, text }) => element("li", { class: kind }, text))),
  );
}
