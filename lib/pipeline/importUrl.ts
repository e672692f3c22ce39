import { cpSync, existsSync, lstatSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { writeError } from "../base/files.js";
import { relink } from "./checkout.js";
import { writeImport } from "./dataFile.js";
import { toSlashes } from "./dvcfile.js";
import { GraphError } from "./errors.js";
import { withFolders } from "./folders.js";
import type { StageNode } from "./node.js";
import { refuseOverlap, refuseSymlinkedPlace } from "./place.js";
import type { Project } from "./project.js";
import { ignoreOutput, refuseTracked } from "./save.js";
import { temporaryBeside } from "./temporary.js";
import { type Hashed, recordOf } from "./tree.js";

export interface ImportOptions {
  readonly force: boolean;
  /** Only write the .dvc file. */
  readonly noExec: boolean;
  /** Hash the source, copy nothing. */
  readonly noDownload: boolean;
  readonly write: (text: string) => void;
  readonly warn: (line: string) => void;
}

/**
 * Copy a local file or folder into the project and remember where it came from.
 * @param source as it was typed: it stands so in the .dvc file, unless it lies in the project
 * @param out where to; a folder that is there: into it, under the source's name
 * @returns the files that Git should know of
 * @throws GraphError in DVC's words
 */
export async function importUrl(
  source: string,
  out: string | undefined,
  project: Project,
  options: ImportOptions,
): Promise<string[]> {
  const target = resolve(project.cwd, outputPath(source, out, project, options.force));
  if (!project.contains(target)) {
    throw new GraphError(
      `Cached output(s) outside of DVC project: ${target}. nidslab imports into the project only.`,
    );
  }
  refuseSymlinkedPlace(target, project);
  refuseOverlap(target, project, { exceptDataFile: `${target}.dvc` });
  const absolute = resolve(project.cwd, source);
  const wdir = dirname(target);
  const inside = existsSync(absolute) && project.contains(absolute);
  const path = inside || !isAbsolute(source) ? toSlashes(relative(wdir, absolute)) : source;
  const node = importNode(
    target,
    { path: inside ? path : isAbsolute(source) ? source : path, absolute },
    project,
  );
  if (options.noExec) {
    refuseTracked(target, project.show(target), project);
    const ignored = ignoreOutput(target, project);
    const plain = { hash: "md5" };
    writeImport(node.file, {
      dep: { path: node.deps[0].path, recorded: plain },
      out: { path: node.outs[0].path, recorded: plain },
      frozen: true,
      checksum: false,
    });
    return [...ignored, node.file];
  }
  return downloadImport({ ...node, frozen: true }, project, options);
}

/** Where an import goes. @throws GraphError when something is there already and `force` is not given */
function outputPath(source: string, out: string | undefined, project: Project, force: boolean): string {
  const name = basename(source.replace(/\/+$/, ""));
  const isFolder =
    out !== undefined && statSync(resolve(project.cwd, out), { throwIfNoEntry: false })?.isDirectory();
  const path = out === undefined ? name : isFolder ? join(out, name) : out;
  const stat = statSync(resolve(project.cwd, path), { throwIfNoEntry: false });
  if (stat !== undefined && !force) {
    const kind = stat.isDirectory() ? "directory" : "file";
    throw new GraphError(
      `The ${kind} '${path}' already exists locally. \nTo override it, re-run with '--force'.`,
    );
  }
  return path;
}

function importNode(target: string, dep: { path: string; absolute: string }, project: Project): StageNode {
  const file = `${target}.dvc`;
  return {
    kind: "data",
    name: basename(file),
    group: basename(file),
    file,
    address: project.show(file),
    wdir: dirname(target),
    deps: [dep],
    params: [],
    outs: [{ path: basename(target), absolute: target, role: "out", cache: true, persist: false }],
    frozen: true,
    alwaysChanged: false,
    import: { recorded: undefined, computed: "" },
  };
}

/**
 * Bring the source of an import and record it. The copy is made beside the output and takes its place when it is whole.
 * @returns the files that Git should know of
 */
export async function downloadImport(
  node: StageNode,
  project: Project,
  options: Pick<ImportOptions, "noDownload" | "write" | "warn"> & { readonly commit?: boolean },
): Promise<string[]> {
  const [dep] = node.deps;
  const [out] = node.outs;
  const shownDep = shownSource(dep.path, dep.absolute, project);
  options.write(`Importing '${shownDep}' -> '${project.show(out.absolute)}'\n`);
  const source = await project.hasher.hash(dep.absolute);
  if (source === undefined) throw new GraphError(`dependency '${shownDep}' does not exist`);
  if (source.size === 0) options.warn(`'${shownDep}' is empty.`);
  refuseTracked(out.absolute, project.show(out.absolute), project);
  const record = (recorded: ReturnType<typeof recordOf> | { hash: string }): void =>
    writeImport(node.file, {
      dep: { path: dep.path, recorded: recordOf(source) },
      out: { path: out.path, recorded },
      frozen: node.frozen,
      checksum: true,
    });
  if (options.noDownload) {
    const ignored = ignoreOutput(out.absolute, project);
    record({ hash: "md5" });
    return [...ignored, node.file];
  }
  const hashed = await copyIn(dep.absolute, out.absolute, source, project);
  if (hashed.size === 0) options.warn(`'${project.show(out.absolute)}' is empty.`);
  const ignored = ignoreOutput(out.absolute, project);
  if (options.commit !== false) {
    project.cache.add(out.absolute, hashed);
    relink(out.absolute, hashed, project);
  }
  record(recordOf(hashed));
  return [...ignored, node.file];
}

/**
 * Of `repro`, for an import that is not frozen: bring its source again. When only the output was lost it comes from the cache.
 * @returns the files that Git should know of
 */
export async function followSource(
  node: StageNode,
  project: Project,
  options: Pick<ImportOptions, "write" | "warn"> & { readonly dry: boolean; readonly commit: boolean },
): Promise<string[]> {
  const [dep] = node.deps;
  const [out] = node.outs;
  if (options.dry) {
    const shown = shownSource(dep.path, dep.absolute, project);
    options.write(`Importing '${shown}' -> '${project.show(out.absolute)}'\n`);
    return [];
  }
  return downloadImport(node, project, { ...options, noDownload: false });
}

/** A dependency as DVC's messages show it. */
function shownSource(path: string, absolute: string, project: Project): string {
  if (isAbsolute(path)) return path;
  return project.contains(absolute) ? project.show(absolute) : absolute;
}

async function copyIn(from: string, to: string, source: Hashed, project: Project): Promise<Hashed> {
  if ((from + sep).startsWith(to + sep) || (to + sep).startsWith(from + sep)) {
    throw new GraphError(`'${project.show(to)}' and its source '${project.show(from)}' lie in each other.`);
  }
  const beside = temporaryBeside(to);
  const parts = source.files && withFolders(source.files.map(({ relpath }) => relpath));
  try {
    cpSync(from, beside, {
      recursive: true,
      dereference: true,
      // What is ignored or linked elsewhere was not hashed and is not copied.
      filter: (path) => path === from || parts?.has(toSlashes(relative(from, path))) !== false,
    });
    if (lstatSync(to, { throwIfNoEntry: false })?.isDirectory()) rmSync(to, { recursive: true });
    renameSync(beside, to);
  } catch (cause) {
    throw writeError(to, cause);
  } finally {
    rmSync(beside, { recursive: true, force: true });
    project.hasher.forget(to);
  }
  return (await project.hasher.hash(to)) as Hashed;
}
