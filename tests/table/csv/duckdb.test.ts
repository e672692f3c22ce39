import { describe, expect, it } from "vitest";
import { hashBytes } from "#lib/base/hash.js";
import { Rng } from "#lib/base/rng.js";
import { duckdb, quoted } from "#lib/table/duckdb.js";
import { temporaryFolder } from "../../temporary.js";
import { planOf, scanned } from "./scanned.js";

const folder = temporaryFolder();
const FILES = 1000;

/** Spellings of numbers, of what is none, and of missing values; blanks around some. */
function numberText(rng: Rng): string {
  const digits = (n: number): string => Array.from({ length: n }, () => rng.integer(10)).join("");
  const kinds = [
    () => String(rng.integer(70000)),
    () => `-${rng.integer(1000)}`,
    () => `${rng.integer(1e9)}.${digits(10)}`,
    () => `${rng.integer(1e6)}.${digits(1 + rng.integer(16))}`,
    () => `${digits(1 + rng.integer(18))}`,
    () => `${rng.integer(10)}.${digits(3)}e${rng.integer(40) - 20}`,
    () => `.${digits(4)}`,
    () => `${rng.integer(100)}.`,
    () => ` ${rng.integer(100)}  `,
    () => "",
    () => "  ",
    () => "-",
    () => ["Infinity", "-inf", "NaN", "nan"][rng.integer(4)],
    () => ["abc", "1.2.3", "--1", "12 3", "0x1f", "1e", "1,5"][rng.integer(rng.integer(8) === 0 ? 7 : 1)],
  ];
  const kind = rng.integer(40);
  return kinds[kind < kinds.length - 1 ? kind : kind === 39 ? kinds.length - 1 : rng.integer(5)]();
}

function plainText(rng: Rng): string {
  const words = [
    "Benign",
    "DoS Hulk",
    "",
    "-",
    "a,b",
    'say "x"',
    "two\nlines",
    "é – ü",
    " padded ",
    "|",
    "'",
    "1.0",
    "x",
  ];
  return words[rng.integer(words.length)];
}

/** A cell as a file has it: in quotes where it must be, and sometimes where it need not. */
function cellText(text: string, rng: Rng): string {
  return /[",\n]/.test(text) || rng.integer(8) === 0 ? `"${text.replaceAll('"', '""')}"` : text;
}

interface Generated {
  readonly kinds: readonly ("number" | "text")[];
  readonly content: string;
}

function generated(rng: Rng): Generated {
  const kinds = Array.from(
    { length: 2 + rng.integer(5) },
    () => (rng.integer(3) === 0 ? "text" : "number") as "text" | "number",
  );
  const end = rng.integer(2) === 0 ? "\n" : "\r\n";
  const records = [kinds.map((_, i) => `c${i}`).join(",")];
  for (let row = rng.integer(30); row > 0; row--) {
    const chance = rng.integer(40);
    if (chance === 0) records.push("");
    else if (chance === 1) records.push(kinds.map(() => "").join(","));
    else {
      const cells = kinds.map((kind) => cellText(kind === "number" ? numberText(rng) : plainText(rng), rng));
      if (chance === 2) cells.pop();
      if (chance === 3) cells.push("more"); // an empty cell too many is none to DuckDB
      records.push(cells.join(","));
    }
  }
  return { kinds, content: records.join(end) + (rng.integer(4) === 0 ? "" : end) };
}

interface Sums {
  readonly rows: number;
  readonly badRows: number;
  /** By column: the values of all rows, in order, hashed. */
  readonly columns: readonly string[];
}

async function byDuckdb(path: string, kinds: Generated["kinds"]): Promise<Sums> {
  const connection = await duckdb();
  const names = kinds.map((_, i) => `c${i}`);
  await connection.run("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans");
  const columns = names.map((name) => `${name}: 'VARCHAR'`).join(", ");
  const cells = kinds.map((kind, i) =>
    kind === "number"
      ? `trim(c${i}) AS c${i}, TRY_CAST(trim(c${i}) AS DOUBLE) AS v${i}`
      : `trim(c${i}) AS c${i}`,
  );
  const reader = await connection.runAndReadAll(
    `SELECT ${cells.join(", ")} FROM read_csv(${quoted(path)}, auto_detect=false, columns={${columns}}, delim=',', ` +
      "quote='\"', escape='\"', header=true, store_rejects=true)",
  );
  const rejects = await connection.runAndReadAll("SELECT count(DISTINCT line) AS n FROM reject_errors");
  const rows: (string | number | null)[][] = [];
  let badRows = Number(rejects.getRowObjects()[0].n);
  for (const row of reader.getRowObjects()) {
    const values = names.map((name, i) => {
      const text = row[name] as string | null;
      if (text === null || text === "" || text === "-") return null;
      if (kinds[i] === "text") return text;
      const value = row[`v${i}`] as number | null;
      return value === null ? undefined : Number.isFinite(value) ? value : null;
    });
    const empty = names.every((name) => row[name] === null || row[name] === "");
    if (empty || values.includes(undefined)) badRows++;
    else rows.push(values as (string | number | null)[]);
  }
  return { rows: rows.length, badRows, columns: kinds.map((_, i) => checksum(rows.map((row) => row[i]))) };
}

async function byUs(path: string, kinds: Generated["kinds"], rng: Rng): Promise<Sums> {
  const plan = planOf(Object.fromEntries(kinds.map((kind, i) => [`c${i}`, kind])));
  const { rows, rowsRead } = await scanned(path, plan, { workers: 0, blockBytes: 50 + rng.integer(2000) });
  return {
    rows: rows.length,
    badRows: rowsRead - rows.length,
    columns: kinds.map((_, i) => checksum(rows.map((row) => row[`c${i}`]))),
  };
}

function checksum(values: readonly (string | number | null)[]): string {
  return hashBytes(JSON.stringify(values), "md5");
}

describe("beside DuckDB", () => {
  it(`finds the same rows and values in ${FILES} generated files`, async () => {
    const rng = Rng.root(5).fork("csv");
    let rows = 0;
    let badRows = 0;
    for (let file = 0; file < FILES; file++) {
      const { kinds, content } = generated(rng.fork(file));
      const path = folder.write("generated.csv", content);
      const theirs = await byDuckdb(path, kinds);
      expect({ content, ...(await byUs(path, kinds, rng.fork(`blocks ${file}`))) }).toEqual({
        content,
        ...theirs,
      });
      rows += theirs.rows;
      badRows += theirs.badRows;
    }
    expect(rows).toBeGreaterThan(5 * FILES);
    expect(badRows).toBeGreaterThan(FILES);
  }, 180_000);
});
