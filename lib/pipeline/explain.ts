import { compareText } from "../base/json.js";
import { type Change, explain } from "./changes.js";
import { recordedIn } from "./lock.js";
import type { StageNode } from "./node.js";
import { lockedParams, type ParamFiles } from "./paramValues.js";
import type { Project } from "./project.js";
import type { TreeFile } from "./tree.js";
import { recallTree } from "./treeMemory.js";
import type { Scalar, Yaml, YamlMap } from "./yaml/value.js";

/** Why a stage would run: a line for a person, and the same as data. */
export interface Reason {
  readonly text: string;
  readonly data: YamlMap;
}

interface FileChange {
  readonly path: string;
  readonly change: "modified" | "added" | "deleted" | "missing";
}

/** So many files inside a folder are named in a line. */
const NAMED = 3;

/** A change with the files inside a folder, the old and the new value of a parameter, the old and the new command. */
export async function reasonFor(
  change: Change,
  node: StageNode,
  project: Project,
  params: ParamFiles,
): Promise<Reason> {
  const entry = node.kind === "stage" ? project.lock(node).entry(node.name) : undefined;
  const text = explain(change, project);
  const data: YamlMap = new Map<Scalar, Yaml>([["reason", REASONS[change.kind]]]);
  if (change.kind === "always") return { text, data };
  if (change.kind === "command") {
    data.set("old", entry?.get("cmd") ?? null).set("new", node.cmd ?? null);
    return { text, data };
  }
  if (change.kind === "checksum") return { text, data };
  data.set("path", project.show(change.path)).set("change", change.label);
  if (change.kind === "param") {
    const ref = node.params.find(({ absolute }) => absolute === change.path);
    const old = ref === undefined ? undefined : lockedParams(entry, ref.path)?.get(change.key);
    const now = ref === undefined ? undefined : params.values(ref)?.get(change.key);
    data
      .set("key", change.key)
      .set("old", old ?? null)
      .set("new", now ?? null);
    return { text, data };
  }
  if (change.kind === "paramsFile") return { text, data };
  const isDep = change.kind === "dep";
  const list = isDep ? node.deps : node.outs;
  const ref = list.find(({ absolute }) => absolute === change.path);
  const recorded = ref === undefined ? undefined : recordedOf(node, entry, isDep, ref.path);
  const old = recorded === undefined ? undefined : recallTree(project, change.path, recorded);
  const files = await filesThatChanged(change, project, old);
  if (files.length === 0) return { text, data };
  data.set(
    "files",
    files.map(
      (file): YamlMap =>
        new Map([
          ["path", file.path],
          ["change", file.change],
        ]),
    ),
  );
  const shown = files.slice(0, NAMED).map((file) => `${file.path} ${file.change}`);
  const more = files.length > NAMED ? `, and ${files.length - NAMED} more` : "";
  const what = `${isDep ? "dependency" : "output"} ${project.show(change.path)}`;
  const how = change.label === "modified" ? "changed" : change.label;
  return { text: `${what} ${how}: ${shown.join(", ")}${more}`, data };
}

const REASONS = {
  dep: "dependency",
  out: "output",
  param: "parameter",
  paramsFile: "parameters file",
  command: "command",
  checksum: "checksum",
  always: "always",
} as const;

function recordedOf(
  node: StageNode,
  entry: YamlMap | undefined,
  isDep: boolean,
  path: string,
): string | undefined {
  const own = isDep ? undefined : node.outs.find((out) => out.path === path)?.recorded;
  return (own ?? recordedIn(entry, isDep ? "deps" : "outs", path))?.md5;
}

async function filesThatChanged(
  change: Change & { readonly kind: "dep" | "out" },
  project: Project,
  old: readonly TreeFile[] | undefined,
): Promise<FileChange[]> {
  if (old === undefined) return [];
  if (change.label === "not in cache") {
    return old
      .filter(({ md5 }) => !project.cache.has(md5))
      .map(({ relpath }) => ({ path: relpath, change: "missing" as const }));
  }
  const now = (await project.hasher.hash(change.path))?.files;
  if (now === undefined) return [];
  const [before, after] = [old, now].map((files) => new Map(files.map(({ relpath, md5 }) => [relpath, md5])));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .sort(compareText)
    .map((path) => ({
      path,
      change: !before.has(path) ? "added" : after.has(path) ? "modified" : "deleted",
    }));
}
