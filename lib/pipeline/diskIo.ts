import { existsSync, readdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { recordCost } from "../base/cost.js";
import { readJson, writeFileAtomic, writeJson } from "../base/files.js";
import { compareText } from "../base/json.js";
import { ParquetWriter } from "../table/parquet/writer.js";
import { parquetInfo, readParquet, readParquetBatches, writeParquet } from "../table/parquet.js";
import type { StageIo } from "./stage.js";

const HINT = "Run nidslab repro: it makes what is missing.";

/** The files of the project at `root`, for a stage with `key`. */
export function diskIo(root: string, key: string): StageIo {
  const path = (relative: string): string => resolve(root, relative);
  return {
    key,
    path,
    readTable: (relative, columns, optional) =>
      readParquet(path(relative), columns, { optional, hint: HINT }),
    columnsOf: async (relative) =>
      (await parquetInfo(path(relative), { hint: HINT })).columns.map(({ name }) => name),
    readBatches: (relative, columns, optional) =>
      readParquetBatches(path(relative), columns, { optional, hint: HINT }),
    writeTable: (relative, table) => writeParquet(path(relative), table),
    openTable: (relative, columns) => ParquetWriter.open(path(relative), columns),
    readJson: (relative) => readJson(path(relative), HINT),
    writeJson: (relative, value) => writeJson(path(relative), value),
    writeText: (relative, text) => writeFileAtomic(path(relative), text),
    exists: (relative) => existsSync(path(relative)),
    list: (relative) => (existsSync(path(relative)) ? readdirSync(path(relative)).sort(compareText) : []),
    remove: (relative) => rmSync(path(relative), { recursive: true, force: true }),
    cost: (part) => recordCost(path(`runs/cost/${part.split}-${part.model}.json`), part),
    log: (line) => process.stderr.write(`${line}\n`),
  };
}
