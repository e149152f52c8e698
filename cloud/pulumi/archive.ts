import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import { UserError } from "../errors";
import { isArchive, isAsset, type Archive, type Asset } from "./values";

/** What an archive holds. */
export interface ArchiveSize {
  files: number;
  /** Unpacked. */
  bytes: number;
}

/**
 * Writes an archive, unpacked, into a folder that it empties first.
 * @param code Value of a function's input `code`.
 * @param baseDir Where relative paths in the archive start.
 * @throws UserError for code that is no archive, or that holds what cannot be unpacked.
 */
export function writeArchive(code: unknown, baseDir: string, dir: string): ArchiveSize {
  if (!isArchive(code)) {
    throw new UserError(
      `The embedded cloud runs only code that comes as an archive, and the function ${path.basename(dir)} has none.`,
    );
  }
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const size = { files: 0, bytes: 0 };
  for (const { place, entry } of entriesOf(code)) {
    const target = path.join(dir, place);
    if (path.relative(dir, target).startsWith("..")) {
      throw new UserError(`The embedded cloud cannot place ${place}, which lies outside of its archive.`);
    }
    writeEntry(entry, baseDir, target, size);
  }
  // Pulumi prints code with `with` statements, which are CommonJS only. A package.json further up may say otherwise.
  const manifest = path.join(dir, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "type": "commonjs" }\n');
  return size;
}

/** What an archive is put together from, archives within archives included. */
function* entriesOf(
  entry: Asset | Archive,
  place = "",
): Generator<{ place: string; entry: Asset | Archive }> {
  if (!isArchive(entry) || !entry.assets) return yield { place, entry };
  for (const [name, inner] of Object.entries(entry.assets)) yield* entriesOf(inner, path.join(place, name));
}

function writeEntry(entry: Asset | Archive, baseDir: string, target: string, size: ArchiveSize): void {
  if (isAsset(entry) && entry.text !== undefined) {
    makeRoom(target);
    writeFileSync(target, entry.text);
    count(target, size);
    return;
  }
  if (entry.path === undefined) {
    throw new UserError(
      `The embedded cloud fetches no remote code; give ${path.basename(target)} as a file.`,
    );
  }
  const source = path.resolve(baseDir, entry.path);
  if (isArchive(entry) && !statSync(source).isDirectory()) {
    throw new UserError(`The embedded cloud unpacks no files; give ${entry.path} as a folder.`);
  }
  linkTree(source, target, size);
}

/**
 * Puts files and folders in a second place without copying them. Not by symbolic links: Node would follow them to
 * where the files came from and find packages there that the archive lacks.
 */
function linkTree(source: string, target: string, size: ArchiveSize): void {
  const real = realpathSync(source);
  if (statSync(real).isDirectory()) {
    mkdirSync(target, { recursive: true });
    for (const name of readdirSync(real)) linkTree(path.join(real, name), path.join(target, name), size);
    return;
  }
  makeRoom(target);
  try {
    linkSync(real, target);
  } catch {
    // Another file system, or one without hard links.
    copyFileSync(real, target);
  }
  count(target, size);
}

/** A later entry of an archive wins; writing over a link would write over what it is a link to. */
function makeRoom(target: string): void {
  mkdirSync(path.dirname(target), { recursive: true });
  rmSync(target, { force: true });
}

function count(file: string, size: ArchiveSize): void {
  size.files += 1;
  size.bytes += statSync(file).size;
}
