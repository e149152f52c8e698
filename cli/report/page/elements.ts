/** Attributes of an element by name; a function listens to the event of its name, `undefined` and `false` add nothing. */
type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

/** What an element may hold. */
export type Child = Node | string | undefined | false;

/** Returns a new HTML element. Text is only ever added as text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== undefined && value !== false) made.setAttribute(key, String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return made;
}
