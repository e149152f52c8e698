import { element } from "../elements";

/** Returns the names of what a drawing shows, each with its colour. `colours` are names of the style sheet's. */
export function legend(entries: [name: string, colour: string, shape?: "line" | "ring"][]): HTMLElement {
  return element(
    "ul",
    { class: "legend" },
    ...entries.map(([name, colour, shape = "block"]) => {
      const swatch = element("span", { class: `swatch ${shape}`, "aria-hidden": "true" });
      swatch.style.setProperty("--swatch", `var(--${colour})`);
      return element("li", {}, swatch, name);
    }),
  );
}
