import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { prettyJson } from "#lib/base/json.js";
import { TableSink } from "#lib/dataset/sink.js";
import type { Params } from "#lib/pipeline/params.js";
import type { StageIo } from "#lib/pipeline/stage.js";
import { features } from "#lib/pipeline/stages/features.js";
import { ingest } from "#lib/pipeline/stages/ingest.js";
import { split } from "#lib/pipeline/stages/split.js";
import type { Table } from "#lib/table/table.js";
import { temporaryFolder } from "../../temporary.js";
import { labelledLog } from "../../zeekLog.js";

const folder = temporaryFolder();
for (const site of ["a", "b"]) {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const changes = {
      uid: `${site}${i}`,
      orig_bytes: String(i * 10),
      duration: i % 5 === 0 ? "-" : `0.${i + 1}`,
    };
    return (i % 4 === 0 ? ["Malicious", "DoS", changes] : ["Benign", "-", changes]) as [
      string,
      string,
      Record<string, string>,
    ];
  });
  folder.write(`data/site-${site}/day1.conn.log.labeled`, labelledLog(rows));
}

const params = {
  seed: 42,
  dataset: { path: "data", files: null, dialect: "auto", rows: null },
  labels: { unknown: "drop", empty: "drop", background: "drop", no_column: "error" },
  features: { derived: ["totals", "shares", "rates", "sizes", "history"], context: null },
  views: { raw: [], scaled: [{ impute: "median", indicator: true }, { scale: "standard" }] },
  audit: { shortcuts: "report" },
  splits: { site: { recipe: "group", by: "site", test: ["b"], validation: 0.2 } },
} as unknown as Params;

/** The files of a project in memory. */
function memory(key: string, tables: Map<string, Table>, files: Map<string, string>): StageIo {
  const refuse = (): never => {
    throw new Error("this stage has no business with that");
  };
  return {
    key,
    path: (relative) => `${folder.path}/${relative}`,
    readTable: async (name, columns, optional = []) => {
      const table = tables.get(name);
      if (table === undefined) throw new Error(`${name} was not written`);
      return columns === undefined
        ? table
        : table.select([...columns, ...optional.filter((column) => table.has(column))]);
    },
    columnsOf: async (name) => tables.get(name)?.names ?? [],
    readBatches: async function* (name, columns) {
      const table = tables.get(name);
      if (table !== undefined) yield columns === undefined ? table : table.select(columns);
    },
    writeTable: async (name, table) => void tables.set(name, table),
    openTable: async (name) => {
      const sink = new TableSink();
      return {
        append: (table) => sink.append(table),
        finish: async (options) => {
          await sink.finish(options);
          tables.set(name, sink.table());
        },
        abort: () => sink.abort(),
      };
    },
    writeJson: (name, value) => void files.set(name, prettyJson(value)),
    readJson: refuse,
    writeText: refuse,
    exists: refuse,
    list: refuse,
    remove: refuse,
    cost: () => {},
    log: () => {},
  };
}

async function runAll(): Promise<{ tables: Map<string, Table>; files: Map<string, string> }> {
  const tables = new Map<string, Table>();
  const files = new Map<string, string>();
  await ingest.run(params, memory("", tables, files));
  await split.run(params, memory("site", tables, files));
  await features.run(params, memory("site", tables, files));
  return { tables, files };
}

describe("the stages ingest, split and features", () => {
  it("write what surface.md promises, and nothing else", async () => {
    const { tables, files } = await runAll();
    expect([...tables.keys()]).toEqual([
      "artifacts/flows.parquet",
      "artifacts/splits/site.parquet",
      "artifacts/features/site/features.parquet",
    ]);
    expect([...files.keys()]).toEqual([
      "artifacts/ingest.json",
      "artifacts/audit.json",
      "artifacts/splits/site.json",
      "artifacts/features/site/schema.json",
      "artifacts/features/site/transform.json",
    ]);
    const rows = tables.get("artifacts/splits/site.parquet");
    expect(rows?.names).toEqual(["row_id", "part"]);
    expect(JSON.parse(files.get("artifacts/splits/site.json") ?? "").rows).toEqual({
      train: 32,
      validation: 8,
      test: 40,
      unused: 0,
    });
    const transform = JSON.parse(files.get("artifacts/features/site/transform.json") ?? "");
    expect(Object.keys(transform)).toEqual(["raw", "scaled"]);
    expect(transform.scaled.realistic.steps.map((step: { transform: string }) => step.transform)).toEqual([
      "impute",
      "scale",
    ]);
  });

  it("write the same bytes again, and none of this machine", async () => {
    const digest = ({ tables, files }: Awaited<ReturnType<typeof runAll>>): string => {
      const hash = createHash("sha256");
      for (const [name, table] of tables) hash.update(name).update(JSON.stringify(table.objects()));
      for (const [name, text] of files) hash.update(name).update(text);
      return hash.digest("hex");
    };
    const first = await runAll();
    expect(digest(await runAll())).toBe(digest(first));
    expect([...first.files.values()].join("")).not.toContain(folder.path);
  });
});
