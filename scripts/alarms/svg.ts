/** Parts that all pictures have. */

/** Colours on a light ground of the picture's own, so that a page's theme does not matter. */
export const colours = {
  ground: "#eef1f4",
  card: "#ffffff",
  line: "#c6cdd5",
  ink: "#16191f",
  faint: "#414d5c",
  alarm: "#b42318",
  ok: "#1d8102",
  unknown: "#687078",
} as const;

/** Escapes a text for an element or an attribute. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** How a text looks; all but its place has a default. */
interface TextStyle {
  size?: number;
  fill?: string;
  weight?: number;
  anchor?: "start" | "middle" | "end";
  /** Pixels that it may take; what is longer is cut. */
  width?: number;
  family?: string;
}

/** Returns a text whose baseline is at `y`. */
export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { size = 13, fill = colours.ink, weight = 400, anchor = "start", width = Infinity, family } = style;
  const attributes = [
    `x="${x}" y="${y}" font-size="${size}" fill="${fill}"`,
    ...(weight === 400 ? [] : [`font-weight="${weight}"`]),
    ...(anchor === "start" ? [] : [`text-anchor="${anchor}"`]),
    ...(family === undefined ? [] : [`font-family="${family}"`]),
  ];
  return `<text ${attributes.join(" ")}>${escaped(cut(words, width, size))}</text>`;
}

/** Cuts a text that would take more than `width` pixels, by the width of a usual letter. */
function cut(words: string, width: number, size: number): string {
  const most = Math.floor(width / (size * 0.54));
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}

/** Returns a rectangle. */
export function rectangle(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  attributes: string,
): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" ${attributes}/>`;
}

/** Returns a whole picture. `title` and `description` are read by screen readers. */
export function picture(
  {
    width,
    height,
    title,
    description,
  }: { width: number; height: number; title: string; description: string },
  parts: string[],
): string {
  const font = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description" font-family="${font}">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    rectangle({ x: 0, y: 0, width, height }, `rx="8" fill="${colours.ground}"`),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}
