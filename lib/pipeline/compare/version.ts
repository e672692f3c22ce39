import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { UsageError } from "../../base/errors.js";
import { compareText } from "../../base/json.js";
import { didYouMean } from "../../base/nearest.js";
import type { ObjectStore } from "../cache.js";
import { toSlashes } from "../dvcfile.js";
import { commitOf } from "../gitTree.js";
import type { Project } from "../project.js";
import { type Revisions, WORKSPACE } from "../reporting/revision.js";
import { runsFolder } from "../runFolder.js";

/** Models with their parameters, data and results, as they are or were. */
export interface Version {
  /** As the user wrote it. */
  readonly name: string;
  readonly kind: "workspace" | "revision" | "run" | "model";
  /** A file on the disk with the content of a file of the project, or undefined where it is not at hand. */
  locate(path: string): string | undefined;
  /** `split/model` of a model folder; undefined: all of `run`. */
  readonly model?: string;
}

/**
 * What a word of the command line means: a model folder, `workspace`, a run under runs/, or a Git revision or experiment,
 * in this order.
 * @throws UsageError when it is none of them
 */
export function openVersion(name: string, project: Project, revisions: Revisions): Version {
  const folder = resolve(project.cwd, name);
  if (existsSync(join(folder, "model.json"))) return modelFolder(name, folder, project);
  if (name === WORKSPACE) return { name, kind: "workspace", locate: (path) => atRoot(project.root, path) };
  const run = join(runsFolder(project), name.replace(/^runs\//, ""));
  if (existsSync(join(run, "params.yaml"))) return { name, kind: "run", locate: runFile(run, project.cache) };
  try {
    if (project.gitRoot === undefined) throw new UsageError("no Git repository");
    commitOf(project.gitRoot, name);
  } catch (cause) {
    throw new UsageError(
      `compare: "${name}" is no model folder (with model.json), no run under runs/ (has: ${runNames(project)}), and no Git ` +
        `revision or experiment. workspace means the files as they are.${didYouMean(name, [WORKSPACE, ...runList(project)])}`,
      { cause },
    );
  }
  const revision = revisions.open(name);
  return { name, kind: "revision", locate: (path) => revision.locate(join(revision.project.root, path)) };
}

function runNames(project: Project): string {
  return runList(project).slice(-8).join(", ") || "none";
}

function runList(project: Project): string[] {
  const folder = runsFolder(project);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "params.yaml")));
  return names.sort(compareText);
}

/** @throws UsageError for a folder that is not artifacts/models/<split>/<model> */
function modelFolder(name: string, folder: string, project: Project): Version {
  const place = /^(.*)artifacts\/models\/([a-z0-9_]+)\/([a-z0-9_-]+)$/.exec(toSlashes(folder));
  if (place === null) {
    throw new UsageError(
      `compare: ${name} is a model, but no artifacts/models/<split>/<model>, beside which its predictions would lie. ` +
        "Measure it with nidslab evaluate.",
    );
  }
  const root = place[1] === "" ? project.root : place[1];
  return { name, kind: "model", model: `${place[2]}/${place[3]}`, locate: (path) => atRoot(root, path) };
}

function atRoot(root: string, path: string): string | undefined {
  const file = join(root, path);
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

/** Files of a run: what its folder keeps, and outputs from the cache by its dvc.lock. */
function runFile(run: string, cache: ObjectStore): (path: string) => string | undefined {
  return (path) => {
    const kept = path === "params.yaml" || path === "dvc.lock" ? atRoot(run, path) : undefined;
    if (kept !== undefined) return kept;
    const lock = atRoot(run, "dvc.lock");
    for (const out of lock === undefined ? [] : lockItems(lock, "outs")) {
      const inside = toSlashes(relative(out.path, path));
      if (inside.startsWith("..") || !cache.has(out.md5)) continue;
      if (inside === "") return cache.path(out.md5);
      const file = out.md5.endsWith(".dir")
        ? cache.tree(out.md5).find(({ relpath }) => relpath === inside)
        : undefined;
      if (file !== undefined && cache.has(file.md5)) return cache.path(file.md5);
    }
    return undefined;
  };
}

/** What a dvc.lock records of all stages: paths and hashes of their outs or deps. */
export function lockItems(
  lock: string,
  list: "outs" | "deps",
): { readonly path: string; readonly md5: string }[] {
  const content = parse(readFileSync(lock, "utf8")) as {
    stages?: Record<string, Record<"outs" | "deps", { path: string; md5?: string }[] | undefined>>;
  } | null;
  return Object.values(content?.stages ?? {}).flatMap((stage) =>
    (stage[list] ?? []).flatMap(({ path, md5 }) => (md5 === undefined ? [] : [{ path, md5 }])),
  );
}
