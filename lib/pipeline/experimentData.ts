import { relative } from "node:path";
import { toSlashes } from "./dvcfile.js";
import { recordedIn } from "./lock.js";
import type { StageNode } from "./node.js";
import type { Project } from "./project.js";
import { type Revision, WORKSPACE, withRevisions } from "./reporting/revision.js";
import { readMetrics, readParams, valuesJson } from "./reporting/values.js";
import type { Recorded } from "./tree.js";
import { pythonJson, type Scalar, type Yaml, type YamlMap } from "./yaml/value.js";

/** What `metrics show --json` prints, of the files as they are. */
export function metricsText(project: Project): string {
  return withRevisions(project, (revisions) => {
    const data = valuesJson(readMetrics(revisions.open(WORKSPACE), []));
    return `${pythonJson(new Map([["", new Map([["data", data]])]]))}\n`;
  });
}

/**
 * Params, metrics, deps and outs of a revision, as `dvc exp show --json` has them under `data`. Hashes are those of
 * dvc.lock and .dvc files. The project of the revision must be open at its root.
 * @param timestamp local time as `2026-01-31T12:00:00`, null for the workspace
 */
export function experimentData(
  revision: Revision,
  commit: string,
  timestamp: string | null,
  onlyDeps: boolean,
): YamlMap {
  const { project } = revision;
  const deps: YamlMap = new Map();
  const outs: YamlMap = new Map();
  for (const node of project.nodes()) {
    for (const dep of node.deps)
      deps.set(nameOf(project, dep.absolute), hashOf(recorded(project, node, "deps", dep.path)));
    for (const out of node.outs) {
      if (out.role !== "out") continue;
      const entry = hashOf(out.recorded ?? recorded(project, node, "outs", out.path));
      entry.set("use_cache", out.cache).set("is_data_source", node.kind === "data");
      outs.set(nameOf(project, out.absolute), entry);
    }
  }
  return new Map<Scalar, Yaml>([
    ["rev", commit],
    ["timestamp", timestamp],
    ["params", valuesJson(readParams(revision, { targets: [], onlyDeps }))],
    ["metrics", valuesJson(readMetrics(revision, []))],
    ["deps", deps],
    ["outs", outs],
    ["meta", new Map()],
  ]);
}

function nameOf(project: Project, path: string): string {
  return toSlashes(relative(project.root, path));
}

function recorded(
  project: Project,
  node: StageNode,
  list: "deps" | "outs",
  path: string,
): Recorded | undefined {
  return node.kind === "stage" ? recordedIn(project.lock(node).entry(node.name), list, path) : undefined;
}

function hashOf(found: Recorded | undefined): YamlMap {
  const count = (value: number | undefined): bigint | null => (value === undefined ? null : BigInt(value));
  return new Map<Scalar, Yaml>([
    ["hash", found?.md5 ?? null],
    ["size", count(found?.size)],
    ["nfiles", count(found?.nfiles)],
  ]);
}
