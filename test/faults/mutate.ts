import type { Random } from "../../simulator/random";

type Container = Record<string, unknown> | unknown[];

/** Values that stand where nobody expects them. */
const unusual: unknown[] = [
  null,
  true,
  "",
  "text",
  "\\N",
  'tab\tline\nquote"\u2028',
  "half \ud800",
  "spotify:track:",
  "0000",
  "2026-02-30T25:00:00Z",
  "9999-12-31T23:59:59Z",
  "-1",
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  [],
  {},
  [null],
  { id: null },
  [[["deep"]]],
  "x".repeat(5_000),
];

/** A JSON answer in which chance has changed one to three things, its shape else kept. */
export function mutated(text: string, random: Random): string {
  const body = JSON.parse(text) as Container;
  for (let changes = random.int(1, 3); changes > 0; changes -= 1) mutate(placeIn(body, random), random);
  return JSON.stringify(body);
}

/** A container somewhere in the body, the deeper ones as likely as the outer. */
function placeIn(body: Container, random: Random): Container {
  let place = body;
  while (random.chance(0.8)) {
    const inner = Object.values(place).filter(
      (value): value is Container => typeof value === "object" && value !== null,
    );
    if (inner.length === 0) break;
    place = random.pick(inner);
  }
  return place;
}

function mutate(place: Container, random: Random): void {
  const keys = Object.keys(place);
  const record = place as Record<string, unknown>;
  if (keys.length === 0) {
    if (!Array.isArray(place)) record.unknown = random.pick(unusual);
    return;
  }
  const [key, other] = [random.pick(keys), random.pick(keys)];
  switch (random.int(0, 5)) {
    case 0:
      if (Array.isArray(place)) place.splice(Number(key), 1);
      else delete record[key];
      return;
    case 1:
      [record[key], record[other]] = [record[other], record[key]];
      return;
    case 2:
      if (Array.isArray(place)) place.push(structuredClone(place[Number(key)]));
      else record[`${key}_2`] = record[key];
      return;
    default:
      record[key] = structuredClone(random.pick(unusual));
  }
}
