/** Invented names: plain ones built from words and syllables, and the odd ones that real libraries hold. */
import type { Random } from "./random";

const syllables =
  "bel cor dan el fen gar hol im jor kel lum mar nor os pel quin ras sol tor ul vel win yar zan dre thi mo ka".split(
    " ",
  );
const adjectives =
  "amber borrowed brittle copper crooked distant drowsy electric faded gentle hollow idle jagged lonesome marble nameless orange paper quiet restless salted sunken tangled velvet wandering".split(
    " ",
  );
const nouns =
  "almanac anchor balcony bicycle cellar compass engine feather ferry garden harbour island kettle ladder lantern meadow mirror orchard parade quarry radio ribbon satellite staircase telescope thunder tram window".split(
    " ",
  );
const endings = [" - Live at the Boathouse", " - 2011 Remaster", " (Demo)", " - Radio Edit", ", Pt. 2"];

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

/** More than one of a noun: ferries, compasses, balconies. */
function plural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

function phrase(random: Random): string {
  return `${capital(random.pick(adjectives))} ${capital(random.pick(nouns))}`;
}

function invented(random: Random): string {
  const count = random.int(2, 3);
  return capital(Array.from({ length: count }, () => random.pick(syllables)).join(""));
}

/** The name of an artist, a show's host or a user. */
export function personName(random: Random): string {
  const form = random.int(0, 3);
  if (form === 0) return `The ${plural(phrase(random))}`;
  if (form === 1) return invented(random);
  return `${invented(random)} ${invented(random)}`;
}

/** The title of a track, an album or an episode. */
export function title(random: Random): string {
  const form = random.int(0, 5);
  if (form === 0) return `${capital(random.pick(nouns))} of the ${phrase(random)}`;
  if (form === 1) return `${phrase(random)}${random.pick(endings)}`;
  if (form === 2) return `My ${phrase(random)}`;
  return phrase(random);
}

/** The name of a playlist. */
export function playlistName(random: Random): string {
  const form = random.int(0, 3);
  if (form === 0) return `${random.pick(adjectives)} ${plural(random.pick(nouns))}`;
  if (form === 1) return `songs for the ${random.pick(nouns)}`;
  if (form === 2) return `${phrase(random)} Mix`;
  return `${capital(random.pick(nouns))} ${random.int(2014, 2026)}`;
}

/**
 * What makes a name hard for whatever carries it (JSON lines, CSV, SQL, HTML, a terminal): each of these makes one odd
 * name out of a plain one.
 */
const oddities: ((plain: string) => string)[] = [
  () => "",
  (plain) => `"${plain}"`,
  (plain) => `“${plain}” ‘live’`,
  (plain) => `${plain}\\Side B\\`,
  (plain) => `${plain}\tReprise`,
  (plain) => `${plain}\nCoda`,
  (plain) => `${plain}\r\nCoda`,
  () => "\\N",
  (plain) => `${plain}\u2028Encore\u2029`,
  (plain) => `${plain}${plain.endsWith("s") ? "'" : "'s"} Rock 'n' Roll`,
  (plain) => `<b>${plain}</b> &amp; <a href="https://example.org">Friends</a>`,
  (plain) => `${plain} 🌊🎷👩‍🚀`,
  (plain) => `${plain} – Þrjú Ævintýri, Żółć, Ğüneş`,
  (plain) => `Тихий маяк (${plain})`,
  (plain) => `静かな灯台 ${plain}`,
  (plain) => `منارة ${plain}`,
  (plain) => `${plain}, or: "It's; over" | 100 %`,
  (plain) => `  ${plain}  `,
  (plain) => `=SUM(${plain})`,
  () => "null",
  (plain) => `e\u0301tude ${plain}\u0007\u0000`,
];

/** How many odd names there are. */
export const oddityCount = oddities.length;

/** The odd name number `index` (any whole number: they repeat) made from a plain one. */
export function oddName(index: number, plain: string): string {
  return oddities[index % oddities.length]!(plain);
}
