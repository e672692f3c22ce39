import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { optionsText } from "#lib/pipeline/commandOptions.js";
import { Context } from "#lib/pipeline/context.js";
import { parseJson } from "#lib/pipeline/formats/json.js";
import { ignoreLine } from "#lib/pipeline/gitFiles.js";
import { IgnoreTree } from "#lib/pipeline/ignore.js";
import { importChecksum } from "#lib/pipeline/importChecksum.js";
import { Dos2UnixHash } from "#lib/pipeline/legacy.js";
import { RunCache, runKeyJson, runValueJson } from "#lib/pipeline/runCache.js";
import { HashState } from "#lib/pipeline/state.js";
import { interpolate } from "#lib/pipeline/template.js";
import { Hasher, treeObject } from "#lib/pipeline/tree.js";
import { readYaml } from "#lib/pipeline/yaml/read.js";
import {
  floatText,
  isList,
  isMap,
  pythonJson,
  spliced,
  type Yaml,
  YamlDate,
  type YamlMap,
} from "#lib/pipeline/yaml/value.js";
import { writeYaml } from "#lib/pipeline/yaml/write.js";
import { golden, hasGolden, vectors, why } from "./golden.js";

const map = (entries: Record<string, Yaml>): YamlMap => new Map(Object.entries(entries));
const folder = mkdtempSync(join(tmpdir(), "nidslab-vectors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Data of the vectors: `{"float": "1.0"}` is a float. */
function decode(value: Yaml): Yaml {
  if (isList(value)) return value.map(decode);
  if (!isMap(value)) return value;
  if (value.size === 1 && value.has("float")) return Number(value.get("float"));
  return new Map([...value].map(([key, item]) => [key, decode(item)]));
}

describe.skipIf(!hasGolden)(`golden vectors of DVC (${why})`, () => {
  interface DirCase {
    name: string;
    files: Record<string, { base64: string; md5: string }>;
    dir_object: string;
    md5: string;
    size: number;
    nfiles: number;
  }

  it("a folder's object and its hash", async () => {
    for (const row of vectors<{ cases: DirCase[] }>("dirhash").cases) {
      const files = Object.entries(row.files).map(([relpath, { md5 }]) => ({ relpath, md5 }));
      expect(treeObject(files)).toEqual({ text: row.dir_object, oid: row.md5 });
    }
  });

  it("folders of files on the disk", async () => {
    for (const [i, row] of vectors<{ cases: DirCase[] }>("dirhash").cases.entries()) {
      const names = Object.keys(row.files);
      if (names.some((a) => names.some((b) => b.startsWith(`${a}/`)))) continue; // no disk holds a and a/b
      const top = join(folder, String(i), "x");
      mkdirSync(top, { recursive: true });
      for (const [name, { base64 }] of Object.entries(row.files)) {
        mkdirSync(dirname(join(top, name)), { recursive: true });
        writeFileSync(join(top, name), Buffer.from(base64, "base64"));
      }
      const hasher = new Hasher(IgnoreTree.dvc(folder), new HashState(join(folder, String(i))));
      const hashed = await hasher.hash(top);
      expect([row.name, hashed?.md5, hashed?.size, hashed?.files?.length]).toEqual([
        row.name,
        row.md5,
        row.size,
        row.nfiles,
      ]);
    }
  });

  it("keys and places of the run cache", () => {
    interface Case {
      lock_entry_yaml: string;
      key_json: string;
      value_json: string;
      path: string;
    }
    for (const row of vectors<{ cases: Case[] }>("run-cache").cases) {
      const entry = readYaml(row.lock_entry_yaml, "entry") as YamlMap;
      expect(runKeyJson(entry)).toBe(row.key_json);
      expect(runValueJson(entry)).toBe(row.value_json);
      expect(new RunCache(folder).place(entry)).toBe(row.path);
    }
  });

  it("lines of .gitignore", () => {
    for (const { name, line } of vectors<{ rows: { name: string; line: string }[] }>("gitignore-escape")
      .rows) {
      expect(ignoreLine(`/somewhere/${name}`)).toBe(line);
    }
  });

  it("values in texts and mappings in commands", () => {
    const place = { key: "stages.a.cmd", file: "dvc.yaml" };
    const empty = Context.empty(readYaml);
    // Read by a parser that keeps integers of any size.
    const data = parseJson(readFileSync(join(golden, "vectors", "interpolation.json"), "utf8")) as YamlMap;
    const rows = (name: string): YamlMap[] => data.get(name) as YamlMap[];
    expect([rows("scalars").length, rows("dicts").length]).toEqual([16, 4]);
    for (const row of rows("scalars")) {
      const context = empty.over(new Map([["x", decode(row.get("value") as Yaml)]]));
      expect(interpolate("<$" + "{x}>", context, place)).toBe(`<${row.get("text") as string}>`);
    }
    for (const row of rows("dicts")) {
      const style = Object.fromEntries((row.get("parsing_config") ?? new Map()) as Map<string, string>);
      expect(optionsText(decode(row.get("value") as Yaml) as YamlMap, place, style)).toBe(row.get("text"));
    }
  });

  it("the hash of DVC 2.x", () => {
    interface Row {
      base64: string;
      note: string;
      md5_dos2unix: string;
    }
    const path = join(folder, "legacy");
    for (const { base64, note, md5_dos2unix } of vectors<{ rows: Row[] }>("legacy-dos2unix").rows) {
      const bytes = Buffer.from(base64, "base64");
      writeFileSync(path, bytes);
      expect([note, Dos2UnixHash.ofFile(path)]).toEqual([note, md5_dos2unix]);
    }
  });

  it("checksums of imports", () => {
    const { cases } = vectors<{ cases: { name: string; dvc_file: string; md5: string }[] }>("stage-md5");
    for (const { name, dvc_file, md5 } of cases) {
      expect([name, importChecksum(readYaml(dvc_file, "x.dvc") as YamlMap)]).toEqual([name, md5]);
    }
  });

  it(".dvcignore", () => {
    interface Case {
      patterns: string[];
      rows: { path: string; dir: boolean; ignored: boolean }[];
    }
    for (const [i, { patterns, rows }] of vectors<{ cases: Case[] }>("dvcignore").cases.entries()) {
      const root = join(folder, `ignore-${i}`);
      mkdirSync(root);
      writeFileSync(join(root, ".dvcignore"), `${patterns.join("\n")}\n`);
      const tree = IgnoreTree.dvc(root);
      for (const { path, dir, ignored } of rows) {
        expect([patterns, path, dir, tree.ignored(join(root, path), dir)]).toEqual([
          patterns,
          path,
          dir,
          ignored,
        ]);
      }
    }
  });

  it("strings", () => {
    const { rows } = vectors<{ rows: { value: string; map: string; seq: string; cmd: string }[] }>(
      "yaml-strings",
    );
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) {
      expect(writeYaml(map({ k: row.value }))).toBe(row.map);
      expect(writeYaml(map({ k: [row.value] }))).toBe(row.seq);
      expect(writeYaml(map({ stages: map({ a: map({ cmd: row.value }) }) }))).toBe(row.cmd);
    }
  });
  it("keys", () => {
    for (const row of vectors<{ rows: { key: string; yaml: string }[] }>("yaml-keys").rows) {
      expect(writeYaml(map({ [row.key]: 1n }))).toBe(row.yaml);
    }
  });
  it("numbers", () => {
    interface Row {
      yaml_source: string;
      lock_text?: string;
      json_text: string | null;
      interpolated: string | null;
      python_type: string;
    }
    for (const row of vectors<{ rows: Row[] }>("yaml-numbers").rows) {
      const value = (readYaml(`k: ${row.yaml_source}\n`, "./x.yaml") as YamlMap).get("k") as Yaml;
      if (row.lock_text === undefined) {
        // DVC refuses dates; see "date in params.yaml" in errors.test.ts.
        expect([row.yaml_source, value instanceof YamlDate]).toEqual([row.yaml_source, true]);
        continue;
      }
      expect([row.yaml_source, writeYaml(map({ k: value }))]).toEqual([row.yaml_source, row.lock_text]);
      if (typeof row.json_text === "string") expect(pythonJson(value)).toBe(row.json_text);
      if (typeof row.interpolated === "string") expect(spliced(value as string)).toBe(row.interpolated);
    }
  });
  it("floats", () => {
    for (const { hex, text } of vectors<{ rows: { hex: string; text: string }[] }>("float-repr").rows) {
      expect(floatText(Buffer.from(hex, "hex").readDoubleBE())).toBe(text);
    }
  });
  it("nested documents with shared containers", () => {
    for (const { doc, yaml } of vectors<{ rows: { doc: Encoded; yaml: string }[] }>("yaml-docs").rows) {
      expect(writeYaml(decodeNode(doc, new Map()) as YamlMap)).toBe(yaml);
    }
  });
});

interface Encoded {
  id?: number;
  ref?: number;
  s?: string;
  i?: string;
  f?: string;
  b?: boolean;
  n?: null;
  m?: [string, Encoded][];
  l?: Encoded[];
}

function decodeNode(node: Encoded, met: Map<number, Yaml>): Yaml {
  if (node.ref !== undefined) return met.get(node.ref) as Yaml;
  if (node.s !== undefined) return node.s;
  if (node.i !== undefined) return BigInt(node.i);
  if (node.f !== undefined) return Buffer.from(node.f, "hex").readDoubleBE();
  if (node.b !== undefined) return node.b;
  if (node.m !== undefined) {
    const result: YamlMap = new Map();
    if (node.id !== undefined) met.set(node.id, result);
    for (const [key, item] of node.m) result.set(key, decodeNode(item, met));
    return result;
  }
  if (node.l !== undefined) {
    const result: Yaml[] = [];
    if (node.id !== undefined) met.set(node.id, result);
    for (const item of node.l) result.push(decodeNode(item, met));
    return result;
  }
  return null;
}
