import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { DataError } from "../base/errors.js";
import { localPath, shownPath, unreadable } from "../base/files.js";
import { compareText } from "../base/json.js";
import { kindOf } from "../table/bytes/open.js";

/** A raw file: where it is, and its name relative to the dataset's path, with forward slashes. */
export interface RawFile {
  readonly path: string;
  readonly name: string;
}

/**
 * The raw files of a dataset: the file itself, or the files below a folder (hidden ones left out) whose name one of
 * `globs` matches, sorted by name.
 * @throws DataError when nothing is there, no name matches, or one is of no file: a FIFO, a socket, a broken link
 */
export function rawFiles(path: string, globs: readonly string[] | null): RawFile[] {
  const root = localPath(path);
  if (!existsSync(root)) {
    throw new DataError(`ingest: ${missingDataset(path)}`);
  }
  if (!statSync(root).isDirectory()) return [{ path: root, name: basename(root) }];
  const names = walk(root, "").sort(compareText);
  if (globs === null) return names.map((name) => rawFile(root, name));
  const patterns = globs.map((glob) => globPattern(glob.replaceAll("\\", "/")));
  const chosen = names.filter((name) => patterns.some((pattern) => pattern.test(name)));
  if (chosen.length === 0) {
    throw new DataError(
      `read: no file in ${path} matches ${globs.join(", ")}; it has ${some(names.map(shownPath))}. ` +
        "Correct the globs: dataset.files in params.yaml (null: every file), or --files.",
    );
  }
  return chosen.map((name) => rawFile(root, name));
}

function rawFile(root: string, name: string): RawFile {
  const path = join(root, name);
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts?.isFile()) return { path, name };
  throw new DataError(
    `read: ${shownPath(path)} is ${facts === undefined ? "a link to nothing" : kindOf(facts)}, a regular file was expected. ` +
      "Move it away, or leave it out: dataset.files in params.yaml, --files of audit.",
  );
}

export function missingDataset(path: string): string {
  return (
    `dataset.path ${path} is not there. Restore the default data with nidslab pull data.dvc, ` +
    "or set dataset.path in params.yaml (or -S dataset.path=FOLDER) to where yours is."
  );
}

function walk(root: string, below: string): string[] {
  try {
    return readdirSync(join(root, below)).flatMap((entry) => {
      if (entry.startsWith(".")) return [];
      const name = below === "" ? entry : `${below}/${entry}`;
      const isFolder = statSync(join(root, name), { throwIfNoEntry: false })?.isDirectory();
      return isFolder ? walk(root, name) : [name];
    });
  } catch (cause) {
    throw unreadable(join(root, below), "Check dataset.path in params.yaml.", cause);
  }
}

/** A glob as a pattern for names with forward slashes: `*` and `?` stay within a folder, `**` crosses them. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g, (token) => {
    if (token === "**/") return "(?:.*/)?";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    return token === "?" ? "[^/]" : `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}

/** A few names of a list for a message. */
export function some(names: readonly string[], limit = 8): string {
  if (names.length === 0) return "no files";
  const rest = names.length - limit;
  return names.slice(0, limit).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

const extension = /\.(gz|txt|csv|tsv|json|log|labeled|labelled|conn|parquet)$/i;

/**
 * `source` of each file: its name without known extensions, with its folder where that is needed to tell files apart
 * (`site-a/day1`), with everything where even that is not enough.
 */
export function sourceNames(names: readonly string[]): string[] {
  const short = names.map((name) => withoutExtensions(name.slice(name.lastIndexOf("/") + 1)));
  const long = names.map((name) => withoutExtensions(name));
  return names.map((name, i) => {
    if (isUnique(short, i)) return short[i];
    return isUnique(long, i) ? long[i] : name;
  });
}

function isUnique(list: readonly string[], at: number): boolean {
  return list.every((value, i) => i === at || value !== list[at]);
}

function withoutExtensions(name: string): string {
  let bare = name;
  // At least one character of the file's own name stays.
  while (extension.test(bare) && !/(^|\/)\.[^./]*$/.test(bare)) bare = bare.replace(extension, "");
  return bare;
}

/** `site` from a folder called `site-a`, `day` from a file called `day1…`; null where a name does not say. */
export function placeOf(name: string): { site: string | null; day: string | null } {
  const folders = name.split("/");
  const file = folders.pop() ?? "";
  const site = folders.map((folder) => /^site[-_](.+)$/i.exec(folder)?.[1]).find((value) => value);
  return { site: site ?? null, day: /^day[-_]?(\d+)/i.exec(file)?.[1] ?? null };
}
