import { element } from "../elements";
import { number } from "../format";

/** A line of a list with bars. */
interface Bar {
  name: string;
  /** What is added to the name, such as the artist of a track. */
  detail?: string;
  value: number;
  /** The value in words; by default the number. */
  text?: string;
}

/** Returns a list whose lines have a bar each, the longest being the greatest value. `wraps` gives long names several lines. */
export function barList(bars: Bar[], { ranked = false, wraps = false } = {}): HTMLElement {
  const most = Math.max(...bars.map(({ value }) => value), 1);
  const lines = bars.map(({ name, detail, value, text }) => {
    const bar = element("span", { class: "bar", "aria-hidden": "true" });
    bar.style.inlineSize = `${(100 * value) / most}%`;
    return element(
      "li",
      {},
      element("span", { class: "name" }, name, detail !== undefined && element("small", {}, detail)),
      element("span", { class: "value" }, text ?? number(value)),
      value > 0 && bar,
    );
  });
  return element(ranked ? "ol" : "ul", { class: wraps ? "bars wraps" : "bars" }, ...lines);
}
