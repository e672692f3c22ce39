import { DataError, FormatError } from "../base/errors.js";
import type { ReadRows } from "../flow/readRows.js";
import { readHead } from "../table/bytes/head.js";
import type { Dialect } from "./dialect.js";
import { type RawFile, rawFiles, some, sourceNames } from "./files.js";
import { dialectNamed, dialects } from "./registry.js";

/** A file that was read. */
export interface ReadFile extends RawFile {
  readonly source: string;
  readonly rows: ReadRows;
}

/** A file that was left out, and why. */
export interface IgnoredFile {
  readonly name: string;
  readonly why: string;
}

/** All files of a dataset, in the order of their names. */
export interface ReadFiles {
  readonly dialect: Dialect;
  readonly files: readonly ReadFile[];
  readonly ignored: readonly IgnoredFile[];
}

export interface ReadOptions {
  /** `auto`, or the name of a dialect. */
  readonly dialect: string;
  /** Globs inside a folder; null: every file of a known dialect. */
  readonly files: readonly string[] | null;
}

/**
 * Read every file of one dialect below `path`. The dialect is known by content. Files of no known dialect and files
 * whose rows another file has too are left out and named; a file that was asked for by name must be readable.
 * @throws DataError when nothing is there, nothing can be read or dialects are mixed; FormatError for a bad file
 */
export async function readFiles(path: string, options: ReadOptions): Promise<ReadFiles> {
  const candidates = options.dialect === "auto" ? dialects : [dialectNamed(options.dialect)];
  const raw = rawFiles(path, options.files);
  const asked = options.files !== null || (raw.length === 1 && raw[0].name === lastName(path));
  const ignored: IgnoredFile[] = [];
  const found: { file: RawFile; dialect: Dialect }[] = [];
  for (const file of raw) {
    const head = readHead(file.path);
    const answers = candidates.map((dialect) => ({ dialect, answer: dialect.recognise(head) }));
    const match = answers.find(({ answer }) => answer === true);
    if (match !== undefined) found.push({ file, dialect: match.dialect });
    else {
      const why = answers.map(({ dialect, answer }) => `${dialect.name}: ${answer}`).join("; ");
      if (asked) throw unknownFile(file, why, options.files !== null);
      ignored.push({ name: file.name, why });
    }
  }
  const dialect = theDialect(found, path, ignored, candidates);
  const names = found.map(({ file }) => file.name);
  const kept = found
    .map(({ file }) => file)
    .filter((file) => {
      const whole = dialect.partOf?.(file.name, names);
      if (whole !== undefined) ignored.push({ name: file.name, why: `its rows are in ${whole}` });
      return whole === undefined;
    });
  const sources = sourceNames(kept.map((file) => file.name));
  const files: ReadFile[] = [];
  for (const [i, file] of kept.entries()) {
    files.push({ ...file, source: sources[i], rows: await dialect.read(file.path) });
  }
  return { dialect, files, ignored };
}

function lastName(path: string): string | undefined {
  return path.split(/[\\/]/).at(-1);
}

function unknownFile(file: RawFile, why: string, byGlob: boolean): FormatError {
  const hint = byGlob
    ? ", and leave the file out of dataset.files in params.yaml if it is something else."
    : ".";
  return new FormatError(
    `ingest: ${file.path} is of no known dialect (${why}). See nidslab datasets for what can be read${hint}`,
  );
}

function theDialect(
  found: readonly { file: RawFile; dialect: Dialect }[],
  path: string,
  ignored: readonly IgnoredFile[],
  candidates: readonly Dialect[],
): Dialect {
  const names = [...new Set(found.map(({ dialect }) => dialect.name))];
  if (names.length === 1) return found[0].dialect;
  if (names.length === 0) {
    const reasons = ignored.slice(0, 8).map(({ name, why }) => `\n  ${name}: ${why}`);
    throw new DataError(
      `ingest: ${path} holds no file that can be read (dialects: ${candidates.map((d) => d.name).join(", ")}). ` +
        `Found ${some(ignored.map(({ name }) => name))}.${reasons.join("")}`,
    );
  }
  const groups = names.map(
    (name) =>
      `${name}: ${some(
        found.filter((f) => f.dialect.name === name).map((f) => f.file.name),
        3,
      )}`,
  );
  throw new DataError(
    `ingest: ${path} mixes dialects (${groups.join("; ")}). Set dataset.dialect in params.yaml to one of them.`,
  );
}
