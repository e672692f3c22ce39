import { resolve } from "node:path";
import { DataError, FormatError, ParamsError } from "../base/errors.js";
import { shownPath } from "../base/files.js";
import { type Dialect, FOREIGN } from "./dialect.js";
import { type RawFile, rawFiles, some, sourceNames } from "./files.js";
import { isGroundTruth } from "./groundTruth.js";
import { headOf, whyEmpty } from "./head.js";
import type { DatasetParams } from "./params.js";
import type { PlainColumn } from "./plain/columns.js";
import { plainDialect, plainFacts } from "./plain/dialect.js";
import { dialectNamed, dialects } from "./registry.js";

/** A file of a known dialect, not opened yet. */
export interface KnownFile extends RawFile {
  readonly source: string;
  readonly dialect: Dialect;
}

/** A file that was left out, and why. */
export interface IgnoredFile {
  readonly name: string;
  readonly why: string;
}

/** The files of a dataset, in the order of their names. */
export interface KnownFiles {
  readonly files: readonly KnownFile[];
  /** The dialects that occur, in the order of the registry. */
  readonly dialects: readonly Dialect[];
  readonly ignored: readonly IgnoredFile[];
  /** A table of attack runs beside the flows, from which they get their campaign. */
  readonly groundTruth: RawFile | undefined;
}

export interface ReadOptions {
  /** `auto`, or the name of a dialect. */
  readonly dialect: string;
  /** Globs inside a folder; null: every file of a known dialect. */
  readonly files: readonly string[] | null;
  /** Paths of files that hold no flows, such as a map of labels. */
  readonly except?: readonly string[];
  /** A dialect made for these files (a plain table), in place of those that are known. */
  readonly own?: Dialect;
}

/**
 * Find the files below `path` that can be read. The dialect is known by content; a folder may mix dialects. Files of
 * no known dialect and files whose rows another file has too are left out and named; a file that was asked for by name
 * must be readable.
 * @throws DataError when nothing is there or nothing can be read; FormatError for a file that was asked for
 */
export async function knownFiles(path: string, options: ReadOptions): Promise<KnownFiles> {
  const candidates =
    options.own !== undefined
      ? [options.own]
      : options.dialect === "auto"
        ? dialects
        : [dialectNamed(options.dialect)];
  const raw = filesOf(path, options);
  const asked = options.files !== null || (raw.length === 1 && raw[0].name === lastName(path));
  const ignored: IgnoredFile[] = [];
  const found: { file: RawFile; dialect: Dialect }[] = [];
  let groundTruth: RawFile | undefined;
  for (const file of raw) {
    const head = await headOf(file.path);
    const answers = candidates.map((dialect) => ({ dialect, answer: dialect.recognise(head) }));
    const match = answers.find(({ answer }) => answer === true);
    const claim = match === undefined ? undefined : otherClaim(file, match.dialect, candidates);
    if (match !== undefined && claim === undefined) found.push({ file, dialect: match.dialect });
    else if (groundTruth === undefined && isGroundTruth(head.split(/\r?\n/, 1)[0])) groundTruth = file;
    else {
      const why = claim ?? (head.trim() === "" ? whyEmpty(file.path) : refusal(file, answers));
      if (asked) throw unknownFile(file, why, options.files !== null);
      ignored.push({ name: file.name, why });
    }
  }
  if (found.length === 0) throw nothingFound(path, ignored, candidates);
  const names = found.map(({ file }) => file.name);
  const kept = found.filter(({ file, dialect }) => {
    const whole = dialect.partOf?.(file.name, names);
    if (whole !== undefined) ignored.push({ name: file.name, why: `its rows are in ${whole}` });
    return whole === undefined;
  });
  const sources = sourceNames(kept.map(({ file }) => file.name));
  return {
    files: kept.map(({ file, dialect }, i) => ({ ...file, dialect, source: sources[i] })),
    dialects: candidates.filter((dialect) => kept.some((each) => each.dialect === dialect)),
    ignored,
    groundTruth,
  };
}

const STRANGE = "neither the header nor the columns of any dialect";
const PLAIN =
  " A table of your own needs dataset.columns in params.yaml (examples/table.yaml), audit --target COLUMN, predict --table.";

/** What is wrong with a file that has the name of one dataset and the content of another; undefined: nothing. */
function otherClaim({ name }: RawFile, is: Dialect, candidates: readonly Dialect[]): string | undefined {
  const own = lastName(name) ?? "";
  if (is.named?.test(own) || is.mayBeNamed?.test(own)) return undefined;
  const claimed = candidates.find((dialect) => dialect.named?.test(own));
  return claimed === undefined
    ? undefined
    : `it is named like ${claimed.name} and holds ${is.name}: rename it, or set the dialect`;
}

/**
 * Why a file is of no dialect: what the dialect of its name says, else those that it is near to. A file that no dialect
 * is near to gets no list of them.
 */
function refusal(
  { name }: RawFile,
  answers: readonly { readonly dialect: Dialect; readonly answer: true | string }[],
): string {
  const namesakes = answers.filter(({ dialect }) => dialect.named?.test(lastName(name) ?? ""));
  const near = answers.filter(({ answer }) => answer !== true && !answer.startsWith(FOREIGN));
  const asking = [namesakes, near, answers.length === 1 ? answers : []].find((some) => some.length > 0);
  if (asking === undefined) return STRANGE;
  const names = new Map<string, string[]>(); // by answer: the dialects of a family often say the same
  for (const { dialect, answer } of asking)
    names.set(String(answer), [...(names.get(String(answer)) ?? []), dialect.name]);
  return [...names].map(([answer, own]) => `${own.join(", ")}: ${answer}`).join("; ");
}

function filesOf(path: string, { files, except = [] }: ReadOptions): RawFile[] {
  const left = new Set(except.map((file) => resolve(file)));
  return rawFiles(path, files).filter((file) => !left.has(resolve(file.path)));
}

/**
 * Find the files of a dataset as params.yaml describes it: `knownFiles`, or the tables that `columns` describes.
 * @throws ParamsError when `columns` and `dialect` do not fit each other, and what `knownFiles` and `plainDialect` throw
 */
export async function datasetFiles(
  dataset: DatasetParams,
  except: readonly string[] = [],
): Promise<KnownFiles & { readonly table: readonly PlainColumn[] | null }> {
  const { path, dialect } = dataset;
  const columns = dataset.columns ?? null;
  if (columns === null) {
    if (dialect === plainFacts.name)
      throw new ParamsError(
        `dataset.dialect: a ${dialect} needs dataset.columns, which says what its columns are: {target: NAME}.`,
      );
    return { ...(await knownFiles(path, { ...dataset, except })), table: null };
  }
  if (dialect !== "auto" && dialect !== plainFacts.name)
    throw new ParamsError(
      `dataset.columns describes a plain table, but dataset.dialect is ${dialect}. Set one of them to null or auto.`,
    );
  const own = await plainDialect(filesOf(path, { ...dataset, except }), columns, path);
  return { ...(await knownFiles(path, { ...dataset, except, own })), table: own.table };
}

function lastName(path: string): string | undefined {
  return path.split(/[\\/]/).at(-1);
}

function unknownFile(file: RawFile, why: string, byGlob: boolean): FormatError {
  const hint = byGlob
    ? ", and leave the file out (dataset.files in params.yaml, --files of audit) if it is something else."
    : ".";
  return new FormatError(
    `read: ${shownPath(file.path)} is of no known dialect (${why}). See nidslab datasets for what can be read${hint}${
      why === STRANGE ? PLAIN : ""
    }`,
  );
}

function nothingFound(
  path: string,
  ignored: readonly IgnoredFile[],
  candidates: readonly Dialect[],
): DataError {
  const shown = ignored.map(({ name, why }) => ({ name: shownPath(name), why }));
  const reasons = shown.slice(0, 8).map(({ name, why }) => `\n  ${name}: ${why}`);
  return new DataError(
    `read: ${shownPath(path)} holds no file that can be read (dialects: ${candidates.map((d) => d.name).join(", ")}). ` +
      `Found ${some(shown.map(({ name }) => name))}.${reasons.join("")}${
        ignored.some(({ why }) => why === STRANGE) ? `\n${PLAIN.trimStart()}` : ""
      }`,
  );
}
