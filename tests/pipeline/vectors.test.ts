import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ignoreLine } from "#lib/pipeline/gitFiles.js";
import { IgnoreTree } from "#lib/pipeline/ignore.js";
import { RunCache, runKeyJson, runValueJson } from "#lib/pipeline/runCache.js";
import { HashState } from "#lib/pipeline/state.js";
import { Context, interpolate, optionsText } from "#lib/pipeline/template.js";
import { Hasher, treeObject } from "#lib/pipeline/tree.js";
import { readYaml } from "#lib/pipeline/yaml/read.js";
import type { Yaml, YamlMap } from "#lib/pipeline/yaml/value.js";
import { hasGolden, vectors, why } from "./golden.js";

const folder = mkdtempSync(join(tmpdir(), "nidslab-vectors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** JSON data of the vectors: `{"float": "1.0"}` is a float, other numbers are integers where they can be. */
function decode(value: unknown): Yaml {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== "object" || value === null) return value as Yaml;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0][0] === "float") return Number(entries[0][1]);
  return new Map(entries.map(([key, item]) => [key, decode(item)]));
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
    interface Row {
      value: unknown;
      text: string;
      parsing_config?: object;
    }
    const data = vectors<Record<"scalars" | "dicts", Row[]>>("interpolation");
    for (const { value, text } of data.scalars) {
      if (typeof value === "number" && !Number.isSafeInteger(value)) continue; // JSON.parse has lost its digits
      const context = empty.over(new Map([["x", decode(value)]]));
      expect(interpolate("<$" + "{x}>", context, place)).toBe(`<${text}>`);
    }
    for (const { value, text, parsing_config } of data.dicts) {
      if (Object.keys(parsing_config ?? {}).length > 0) continue; // refused by name
      expect(optionsText(decode(value) as YamlMap, place)).toBe(text);
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
});
