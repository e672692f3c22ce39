import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { UsageError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { toSlashes } from "../pipeline/dvcfile.js";
import { GraphError } from "../pipeline/errors.js";
import { git } from "../pipeline/gitFiles.js";
import type { Project } from "../pipeline/project.js";
import { readYaml } from "../pipeline/yaml/read.js";
import {
  equal,
  floatText,
  isMap,
  pythonJson,
  repr,
  type Yaml,
  type YamlMap,
} from "../pipeline/yaml/value.js";
import type { Command } from "./command.js";
import { graphVerb } from "./graphVerb.js";
import { textTable } from "./textTable.js";

const help = `Show which parameters differ between two versions.

usage: nidslab params diff [options] [a] [b]

a, b: Git revisions; default HEAD against the files as they are
  --all            unchanged ones too
  --deps           only those that stages depend on
  --no-path        without the column of files
  --json           as JSON
  --md             as a Markdown table
  --cd FOLDER      as if called in FOLDER

example: nidslab params diff HEAD~1`;

export const command: Command = {
  summary: "show which parameters differ (params diff)",
  help,
  run: (args) =>
    graphVerb(args, ["--all", "--deps", "--no-path", "--json", "--md"], help, async (options, open) => {
      const [what, a = "HEAD", b] = options.targets;
      if (what !== "diff") throw new UsageError(`params: expected "diff", found ${what ?? "nothing"}.`);
      const project = open();
      const rows = paramFiles(project).flatMap((file) => {
        const old = flatten(contentAt(project, file, a));
        const now = flatten(contentAt(project, file, b));
        const tracked = options.has("deps") ? trackedKeys(project, file) : undefined;
        return [...new Set([...old.keys(), ...now.keys()])]
          .filter((key) => tracked === undefined || tracked(key))
          .filter(
            (key) =>
              options.has("all") || !equal(old.get(key), now.get(key)) || old.has(key) !== now.has(key),
          )
          .sort(compareText)
          .map((key) => ({ file: project.show(file), key, old: old.get(key), now: now.get(key) }));
      });
      process.stdout.write(options.has("json") ? json(rows) : table(rows, a, b ?? "workspace", options));
      return 0;
    }),
};

interface Row {
  readonly file: string;
  readonly key: string;
  readonly old: Yaml | undefined;
  readonly now: Yaml | undefined;
}

function table(rows: readonly Row[], a: string, b: string, options: { has(name: string): boolean }): string {
  const skip = options.has("no-path") ? 1 : 0;
  const cells = rows.map((row) => [row.file, row.key, cell(row.old), cell(row.now)].slice(skip));
  return textTable(["Path", "Param", a, b].slice(skip), cells, options.has("md"));
}

function cell(value: Yaml | undefined): string {
  if (value === undefined) return "-";
  if (typeof value === "string") return value;
  return typeof value === "number" ? floatText(value) : repr(value);
}

function json(rows: readonly Row[]): string {
  const files: YamlMap = new Map();
  for (const { file, key, old, now } of rows) {
    const entry: YamlMap = new Map([
      ["old", old ?? null],
      ["new", now ?? null],
    ]);
    const [x, y] = [old, now];
    if (typeof x === "bigint" && typeof y === "bigint") entry.set("diff", y - x);
    else if (isNumber(x) && isNumber(y)) entry.set("diff", Number(y) - Number(x));
    files.set(file, new Map((files.get(file) as YamlMap | undefined) ?? []).set(key, entry));
  }
  return `${pythonJson(files)}\n`;
}

function isNumber(value: Yaml | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** params.yaml beside each dvc.yaml, the files that stages track, and those that dvc.yaml lists. */
function paramFiles(project: Project): string[] {
  const files = new Set<string>();
  for (const file of project.dvcFiles()) {
    files.add(file.path.replace(/dvc\.yaml$/, "params.yaml"));
    for (const ref of file.params) files.add(ref.absolute);
  }
  for (const node of project.nodes()) for (const ref of node.params) files.add(ref.absolute);
  return [...files].sort(compareText);
}

function trackedKeys(project: Project, file: string): (key: string) => boolean {
  const refs = project.nodes().flatMap((node) => node.params.filter((ref) => ref.absolute === file));
  return (key) =>
    refs.some(
      (ref) =>
        ref.keys === null || ref.keys.some((tracked) => key === tracked || key.startsWith(`${tracked}.`)),
    );
}

/** @param revision undefined for the file as it is */
function contentAt(project: Project, path: string, revision: string | undefined): Yaml {
  const name = project.show(path);
  if (revision === undefined) return existsSync(path) ? readYaml(readFileSync(path, "utf8"), name) : null;
  const root = project.gitRoot;
  if (root === undefined) throw new GraphError("params diff needs a Git repository.");
  if (git(root, ["rev-parse", "--verify", "--quiet", `${revision}^{commit}`]) === undefined) {
    throw new GraphError(`unknown Git revision '${revision}'`);
  }
  const text = git(root, ["show", `${revision}:${toSlashes(relative(root, path))}`]);
  return text === undefined ? null : readYaml(text, `${revision}:${name}`);
}

/** Names with dots; lists stay values. */
function flatten(value: Yaml, prefix = "", into = new Map<string, Yaml>()): Map<string, Yaml> {
  if (!isMap(value)) return into;
  for (const [key, item] of value) {
    if (isMap(item)) flatten(item, `${prefix}${key}.`, into);
    else into.set(`${prefix}${key}`, item);
  }
  return into;
}
