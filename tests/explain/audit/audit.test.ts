import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ingestInto, readThrough } from "#lib/dataset/ingest.js";
import { datasetParams } from "#lib/dataset/params.js";
import { datasetFiles, knownFiles } from "#lib/dataset/read.js";
import { TableSink } from "#lib/dataset/sink.js";
import { Audit } from "#lib/explain/audit/audit.js";
import type { AuditFacts } from "#lib/explain/audit/facts.js";
import { RowSample } from "#lib/explain/audit/sample.js";
import { float64, Table } from "#lib/table/table.js";
import { temporaryFolder } from "../../temporary.js";
import { labelledLog } from "../../zeekLog.js";

const folder = temporaryFolder();

async function auditOf(path: string): Promise<AuditFacts> {
  const known = await knownFiles(path, { dialect: "auto", files: null });
  const audit = new Audit(known);
  await readThrough(known, path, audit);
  return audit.finish();
}

describe("Audit", () => {
  it("counts what is odd in a log, file by file and in total", async () => {
    folder.write(
      "logs/a.conn.log.labeled",
      labelledLog([
        ["Benign", "-", { uid: "A1", ts: "20.0" }],
        ["Malicious", "DoS", { uid: "A2", ts: "10.0" }], // the same content, contradictory, and earlier
        ["Benign", "-", { uid: "A3", ts: "30.0", duration: "-1.5" }],
        ["Unknown", "-", { uid: "A4", ts: "30.0", orig_bytes: "7" }],
        ["Benign", "-", { uid: "A5", orig_bytes: "bad" }],
      ]),
    );
    folder.write("logs/b.conn.log.labeled", labelledLog([["Benign", "-", { uid: "B1", ts: "40.0" }]]));
    const { files, totals } = await auditOf(`${folder.path}/logs`);
    expect(files[0]).toMatchObject({
      path: "a.conn.log.labeled",
      dialect: "zeek",
      rows: 5,
      bad_rows: { bad_value_orig_bytes: 1 },
      bad_lines: { bad_value_orig_bytes: [11] },
      labels: { Benign: 2, "Malicious/DoS": 1, Unknown: 1 },
      families: { benign: 2, DoS: 1, unknown: 1 },
      duplicates: 1,
      clock: { first_us: 10e6, last_us: 30e6, backwards: 1, missing: 0 },
      negative_durations: 1,
    });
    const column = (name: string) => files[0].columns.find((each) => each.name === name);
    expect(column("duration_s")).toMatchObject({ file_column: "duration", min: -1.5, negative: 1 });
    expect(column("conn_state")).toMatchObject({ kind: "text", constant: true, distinct: 1 });
    expect(totals).toEqual({
      files: 2,
      rows: 6,
      bad_rows: 1,
      duplicates: 2,
      duplicates_with_label: 1,
      contradictory: 3,
      contradictory_benign: 3,
    });
  });
});

describe("Audit beside ingest", () => {
  it.each([null, 60])("changes nothing of what ingest finds (dataset.rows: %s)", async (rows) => {
    // Repeated rows, also with another label, with another port alone, and rows that their label leaves out.
    const log = labelledLog(
      Array.from({ length: 90 }, (_, i) => [
        i % 10 === 4 ? "Unknown" : i % 9 < 5 ? "Benign" : "Malicious",
        i % 9 < 5 ? "-" : "DoS",
        { uid: `B${i}`, ts: `${i}.0`, orig_bytes: `${i % 13}`, "id.resp_p": `${i % 4}` },
      ]),
    );
    const path = folder.write(`beside/${rows}.conn.log.labeled`, log);
    const dataset = datasetParams.parse({ path, files: null, dialect: "auto", rows });
    const labels = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
    const ingested = async (audited: boolean) => {
      const sink = new TableSink();
      const observe = audited
        ? (known: ConstructorParameters<typeof Audit>[0]) => new Audit(known)
        : undefined;
      const facts = await ingestInto(dataset, labels, 42, () => sink, observe);
      return { facts, rows: sink.table().objects() };
    };
    const alone = await ingested(false);
    expect(alone.facts.duplicates.repeated).toBeGreaterThan(0);
    expect(alone.facts.duplicates.contradictory).toBeGreaterThan(0);
    expect(alone.facts.rows.dropped).toBeGreaterThan(0);
    expect(await ingested(true)).toEqual(alone);
  });
});

describe("Audit of a plain table", () => {
  it("finds a second label among columns that no dialect knows", async () => {
    const rows = Array.from(
      { length: 200 },
      (_, i) => `${i % 7},${i % 3 === 0 ? 1 : 0},${i % 3 === 0 ? "bad" : "normal"}`,
    );
    const path = folder.write("own/table.csv", `size,verdict,class\n${rows.join("\n")}\n`);
    const columns = { target: "class", categorical: [], drop: [], time: null, entity: null };
    const dataset = datasetParams.parse({ path, files: null, dialect: "table", rows: null, columns });
    const known = await datasetFiles(dataset, []);
    const audit = new Audit(known);
    await readThrough(known, path, audit);
    const [first] = audit.finish().shortcuts.columns;
    expect(first).toMatchObject({ column: "verdict", macro_f1: 1, shortcut: true });
  });
});

describe("RowSample", () => {
  it("keeps evenly spread rows in order, whatever the batches", () => {
    const rows = Array.from({ length: 1000 }, (_, i) => i);
    const sampled = (size: number): number[] => {
      const sample = new RowSample(100);
      for (let at = 0; at < rows.length; at += size)
        sample.add(Table.of({ x: float64(rows.slice(at, at + size)) }));
      return [...sample.table().numbers("x")];
    };
    expect(sampled(1000)).toEqual(rows.filter((row) => row % 16 === 0));
    expect(sampled(7)).toEqual(sampled(1000));
  });
  it("keeps all rows up to a limit, and a smaller part of more", () => {
    const sampled = (rows: number, size: number): number[] => {
      const sample = new RowSample(100, 30);
      for (let at = 0; at < rows; at += size)
        sample.add(
          Table.of({ x: float64(Array.from({ length: Math.min(size, rows - at) }, (_, i) => at + i)) }),
        );
      return [...sample.table().numbers("x")];
    };
    expect(sampled(100, 9)).toHaveLength(100);
    expect(sampled(101, 9)).toEqual(Array.from({ length: 26 }, (_, i) => 4 * i));
    for (const size of [1, 9, 1000])
      expect(sampled(1000, size)).toEqual(Array.from({ length: 16 }, (_, i) => 64 * i));
  });
});

const shared = "../shared/data";
describe.skipIf(!existsSync(shared))("Audit of real data (skipped: ../shared is not here)", () => {
  it("names the columns that give the labels of the testbed and NSL-KDD away", {
    timeout: 60_000,
  }, async () => {
    const shortcuts = async (path: string): Promise<[string, string][]> => {
      const { columns } = (await auditOf(path)).shortcuts;
      return columns.filter(({ shortcut }) => shortcut).map((c) => [c.file_column, c.macro_f1.toFixed(2)]);
    };
    expect(await shortcuts(`${shared}/testbed`)).toEqual([["resp_ip_bytes", "0.91"]]);
    expect(await shortcuts(`${shared}/nsl-kdd/KDDTrain+.txt.gz`)).toContainEqual(["src_bytes", "0.96"]);
  });
});
