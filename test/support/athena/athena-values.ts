import type { Json } from "@duckdb/node-api";

/** A type of DuckDB as Athena calls it: https://docs.aws.amazon.com/athena/latest/ug/data-types.html */
export function athenaType(duckType: string): { Type: string; Precision: number; Scale: number } {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(duckType);
  if (decimal) return { Type: "decimal", Precision: Number(decimal[1]), Scale: Number(decimal[2]) };
  return { Type: names[duckType] ?? duckType.toLowerCase(), Precision: 0, Scale: 0 };
}

const names: Record<string, string> = {
  // Sums of whole numbers, which Trino has no wider type for.
  HUGEINT: "bigint",
  TIMESTAMP_MS: "timestamp",
  "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
};

/** A value as Athena prints it: timestamps with milliseconds, doubles as Java does. */
export function athenaText(value: Exclude<Json, null>, duckType: string): string {
  if (/^TIMESTAMP(_MS)?$/.test(duckType)) {
    const [time, fraction = ""] = String(value).split(".");
    return `${time}.${fraction.padEnd(3, "0").slice(0, 3)}`;
  }
  if (duckType === "DOUBLE" && typeof value === "number") return javaDouble(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/Double.html#toString(double) */
function javaDouble(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7))
    return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits, exponent] = value.toExponential().split("e");
  return `${digits!.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
}
