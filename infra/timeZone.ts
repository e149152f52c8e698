const areas =
  "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Europe|Indian|Mexico|Pacific|US";
const word = "(?:[A-Z][a-z]+(?:[A-Z]+[a-z]+)*|[a-z]{2}|ACT|IN|LHI|NSW)";

/**
 * A zone by its area and city, in upper and lower case as in the IANA database, which Athena tells apart. Offsets such
 * as `+02:00` and short names such as `EST` are refused: Node, Athena and DuckDB each know other ones.
 */
const areaAndCity = new RegExp(`^(?:${areas})(?:/${word}(?:[-_]${word})*)+$`);

/** New names of old zones, which Athena has known under the old name for longer. */
const oldNames: Record<string, string> = {
  "Europe/Kyiv": "Europe/Kiev",
  "Pacific/Kanton": "Pacific/Enderbury",
};

/** Zones that DuckDB knows, but not Trino (`zone-index.properties`), which Athena is built on. */
const unknownToAthena = ["America/Coyhaique", "Canada/East-Saskatchewan", "US/Pacific-New"];

/** Returns the name by which Node, Athena and DuckDB all know the time zone, or undefined if one of them does not. */
export function timeZone(name: string): string | undefined {
  if (name === "UTC") return name;
  if (!areaAndCity.test(name) || unknownToAthena.includes(name) || !isKnown(name)) return undefined;
  return oldNames[name] ?? name;
}

/** Intl.supportedValuesOf leaves out other names of a zone; a formatter takes them. */
function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
