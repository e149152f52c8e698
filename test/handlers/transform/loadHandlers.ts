import type * as build from "../../../handlers/transform/build";
import type * as encode from "../../../handlers/transform/files/encode";
import type * as sealing from "../../../handlers/transform/seal";
import type * as transforming from "../../../handlers/transform/transform";

const handlers = require.resolve("../../../handlers/transform/transform").replace("transform.ts", "");

/** Asks `answer` once per name. */
function remembering<T>(): (name: string, answer: () => Promise<T>) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (name, answer) => {
    const found = known.get(name) ?? answer();
    known.set(name, found);
    return found;
  };
}

/**
 * Loads transform and seal anew, so that they make what they make of the same raw objects only once: thousands of runs
 * share a few lists of raw objects.
 */
export function loadHandlers(): Pick<typeof transforming, "transform"> & Pick<typeof sealing, "seal"> {
  const built = remembering<build.Built>();
  const encoded = remembering<Uint8Array>();
  const replaced: Record<string, (real: never) => object> = {
    build: ({ buildRows }: typeof build) => ({
      buildRows: (...input: Parameters<typeof buildRows>) =>
        built(input[1].join(), () => buildRows(...input)),
    }),
    "files/encode": ({ encodeTable, tableWriter }: typeof encode) => ({
      encodeTable: (...input: Parameters<typeof encodeTable>) =>
        encoded(input[3], () => encodeTable(...input)),
      tableWriter: (...input: Parameters<typeof tableWriter>) => {
        const writer = tableWriter(...input);
        return { ...writer, finish: () => encoded(input[2], () => writer.finish()) };
      },
    }),
  };
  const cached = Object.entries(require.cache).filter(([file]) => file.startsWith(handlers));
  for (const [file] of cached) Reflect.deleteProperty(require.cache, file);
  for (const [file, replace] of Object.entries(replaced)) {
    const real = require(handlers + file) as never;
    require.cache[`${handlers}${file}.ts`]!.exports = { ...(real as object), ...replace(real) };
  }
  const { transform } = require(`${handlers}transform`) as typeof transforming;
  const { seal } = require(`${handlers}seal`) as typeof sealing;
  for (const file of Object.keys(require.cache))
    if (file.startsWith(handlers)) Reflect.deleteProperty(require.cache, file);
  Object.assign(require.cache, Object.fromEntries(cached));
  return { transform, seal };
}
