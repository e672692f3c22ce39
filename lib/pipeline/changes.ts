import { existsSync } from "node:fs";
import { eraOf } from "./legacy.js";
import type { LockEntry } from "./lock.js";
import { recordedIn } from "./lock.js";
import { isCallback, type Output, type StageNode } from "./node.js";
import { lockedParams, type ParamFiles } from "./paramValues.js";
import type { Project } from "./project.js";
import type { Recorded } from "./tree.js";
import { equal, isMap, keyText, repr, type Yaml } from "./yaml/value.js";

export type Label = "new" | "modified" | "deleted" | "not in cache";

/** One reason why a stage is not up to date. `detail` is ours: old and new value. */
export type Change =
  | { readonly kind: "dep" | "out"; readonly path: string; readonly label: Label }
  | { readonly kind: "paramsFile"; readonly path: string; readonly label: Label }
  | {
      readonly kind: "param";
      readonly path: string;
      readonly key: string;
      readonly label: Label;
      readonly detail: string;
    }
  | { readonly kind: "always" }
  /** The .dvc file of an import was edited: its checksum is another one. */
  | { readonly kind: "checksum"; readonly detail: string }
  | { readonly kind: "command"; readonly detail: string };

export interface Inspection {
  readonly project: Project;
  readonly params: ParamFiles;
  /** true: stop at the first reason (for the decision to run); false: all of them (for status). */
  readonly firstOnly: boolean;
  /** true: deleted deps and outs, and outs that are not in the cache, are no changes. */
  readonly allowMissing?: boolean;
  /** true: whether the objects of outs are in the cache does not count (`commit`). */
  readonly workspaceOnly?: boolean;
}

/** Why a stage would run; empty when it is up to date. Checked in DVC's order: command, deps, params, outputs. */
export async function changesOf(node: StageNode, look: Inspection): Promise<Change[]> {
  const found: Change[] = [];
  const enough = (): boolean => look.firstOnly && found.length > 0;
  const entry = node.kind === "stage" ? look.project.lock(node).entry(node.name) : undefined;
  if (entry !== undefined && !equal(entry.get("cmd"), node.cmd)) {
    found.push({ kind: "command", detail: `${commandText(entry.get("cmd"))} -> ${commandText(node.cmd)}` });
  }
  if (node.import !== undefined && node.import.recorded !== node.import.computed) {
    const { recorded, computed } = node.import;
    found.push({ kind: "checksum", detail: `${recorded ?? "nothing"} -> ${computed}` });
  }
  if (!node.frozen && !enough()) {
    if (isCallback(node) || node.alwaysChanged) found.push({ kind: "always" });
    for (const dep of node.deps) {
      if (enough()) break;
      const label = await compare(dep.absolute, dep.recorded ?? recordedIn(entry, "deps", dep.path), look);
      if (label !== undefined) found.push({ kind: "dep", path: dep.absolute, label });
    }
    if (!enough()) found.push(...paramChanges(node, entry, look));
  }
  for (const out of node.outs) {
    if (enough()) break;
    const label = await outChange(out, out.recorded ?? recordedIn(entry, "outs", out.path), look);
    if (label !== undefined) found.push({ kind: "out", path: out.absolute, label });
  }
  return found;
}

function commandText(cmd: Yaml | undefined): string {
  return typeof cmd === "string" ? cmd : repr(cmd ?? null);
}

async function compare(
  path: string,
  recorded: Recorded | undefined,
  look: Inspection,
): Promise<Label | undefined> {
  const present = await eraOf(recorded, look.project).hasher.hash(path);
  if (present === undefined) return look.allowMissing ? undefined : "deleted";
  return present.md5 === recorded?.md5 ? undefined : "modified";
}

async function outChange(
  out: Output,
  recorded: Recorded | undefined,
  look: Inspection,
): Promise<Label | undefined> {
  const oid = recorded?.md5;
  const isCounted = look.workspaceOnly !== true && oid !== undefined && out.cache;
  if (isCounted && !eraOf(recorded, look.project).cache.hasAll(oid)) {
    if (!look.allowMissing) return "not in cache";
  }
  return compare(out.absolute, recorded, look);
}

function paramChanges(node: StageNode, entry: LockEntry | undefined, look: Inspection): Change[] {
  return node.params.flatMap((ref): Change[] => {
    if (!existsSync(ref.absolute)) return [{ kind: "paramsFile", path: ref.absolute, label: "deleted" }];
    const locked = lockedParams(entry, ref.path);
    if (locked === undefined) return [{ kind: "paramsFile", path: ref.absolute, label: "new" }];
    const current = look.params.values(ref) ?? new Map();
    const keys = ref.keys ?? [...new Set([...current.keys(), ...locked.keys()].map(String))];
    return keys.flatMap((key): Change[] => {
      const [now, then] = [current.get(key), locked.get(key)];
      if (now !== undefined && then !== undefined && equal(now, then)) return [];
      const label = now === undefined ? "deleted" : then === undefined ? "new" : "modified";
      return [{ kind: "param", path: ref.absolute, key, label, detail: differences(then, now).join(", ") }];
    });
  });
}

/** Old and new value; of mappings only what differs: `forest.trees 100 -> 200`. */
function differences(then: Yaml | undefined, now: Yaml | undefined, at: readonly string[] = []): string[] {
  if (isMap(then) && isMap(now)) {
    return [...new Set([...then.keys(), ...now.keys()])]
      .filter((key) => !equal(then.get(key), now.get(key)))
      .flatMap((key) => differences(then.get(key), now.get(key), [...at, keyText(key)]));
  }
  const shown = (value: Yaml | undefined): string => (value === undefined ? "nothing" : repr(value));
  return [`${at.length === 0 ? "" : `${at.join(".")} `}${shown(then)} -> ${shown(now)}`];
}

/** One line that says why, for a person. */
export function explain(change: Change, project: Project): string {
  if (change.kind === "always") return "runs every time";
  if (change.kind === "checksum") return `checksum changed: ${change.detail}`;
  if (change.kind === "command") return `command changed: ${change.detail}`;
  if (change.kind === "param")
    return `${project.show(change.path)} ${change.key} ${change.label}: ${change.detail}`;
  const what = change.kind === "out" ? "output" : change.kind === "dep" ? "dependency" : "parameters";
  return `${what} ${project.show(change.path)} ${change.label}`;
}
