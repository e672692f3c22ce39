import {
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { checkout } from "./checkout.js";
import { GraphError } from "./errors.js";
import { git } from "./gitFiles.js";
import { recordedIn } from "./lock.js";
import type { StageNode } from "./node.js";
import { isAlive } from "./processes.js";
import { Project } from "./project.js";

const PREFIX = "nidslab-verify-";
/** Folders that are no input of anything. */
const OWN = [".git", ".nidslab", "runs", ".dvc"];

/**
 * A copy of a project in a folder of its own, without outputs, lock and cache: the files that Git tracks as they are in
 * the workspace, the inputs of the graph, and links to what is ignored and no input (node_modules, a virtual environment).
 * It lies in the system's temporary folder (TMPDIR), where no tool takes it for a part of the project, and is removed when
 * the process ends.
 */
export class Scratch {
  /** Data that is not here and has a remote: the run has to bring it. */
  needsPull = false;
  private readonly onExit = (): void => this.remove();

  private constructor(readonly folder: string) {
    process.once("exit", this.onExit);
  }

  /** @param plan the stages that will run */
  static async make(project: Project, plan: readonly StageNode[]): Promise<Scratch> {
    removeLeftOvers();
    const scratch = new Scratch(realpathSync(mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))));
    try {
      await scratch.fill(project, plan);
    } catch (cause) {
      scratch.remove();
      throw cause;
    }
    return scratch;
  }

  /** The project in it, as if called in the same folder. */
  open(project: Project, warn: (line: string) => void): Project {
    const cwd = this.at(project, project.cwd);
    mkdirSync(cwd, { recursive: true });
    return Project.open(cwd, warn);
  }

  /** Where a path of the project is here. */
  at(project: Project, path: string): string {
    return join(this.folder, relative(project.root, path));
  }

  keep(): void {
    process.off("exit", this.onExit);
  }

  remove(): void {
    process.off("exit", this.onExit);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async fill(project: Project, plan: readonly StageNode[]): Promise<void> {
    const outputs = project
      .nodes()
      .flatMap((node) => (node.kind === "stage" ? node.outs.map((out) => out.absolute) : []));
    const made = (path: string): boolean => outputs.some((out) => path === out || path.startsWith(out + sep));
    mkdirSync(join(this.folder, ".dvc"));
    const { tracked, ignored } = filesOf(project);
    for (const path of tracked)
      if (!made(path) && !/(^|[/\\])dvc\.lock$/.test(path)) copyFile(path, this.at(project, path));
    const cache = join(this.folder, ".dvc", "cache");
    // Without Git: nothing is written to .gitignore, and what the project ignores is found.
    writeFileSync(
      join(this.folder, ".dvc", "config.local"),
      `[core]\n    no_scm = True\n    analytics = false\n[cache]\n    dir = ${cache}\n`,
    );
    await this.inputs(project, plan, made);
    for (const path of ignored) {
      const target = this.at(project, path);
      const needed = outputs.some((out) => out === path || out.startsWith(path + sep)) || existsSync(target);
      if (needed || OWN.includes(relative(project.root, path))) continue;
      // What a build writes must not reach the workspace.
      if (/^(dist|build)$/.test(relative(project.root, path)))
        cpSync(path, target, { recursive: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE });
      else symlinkSync(path, target);
    }
  }

  private async inputs(
    project: Project,
    plan: readonly StageNode[],
    made: (path: string) => boolean,
  ): Promise<void> {
    for (const node of plan) {
      if (node.kind === "data") {
        for (const out of node.outs) {
          const oid = out.recorded?.md5;
          const isHere = existsSync(out.absolute) || (oid !== undefined && project.cache.hasAll(oid));
          if (!isHere && (out.remote ?? project.config.defaultRemote) !== undefined) this.needsPull = true;
          else await this.input(project, out.absolute, oid);
        }
      }
      const lock = node.kind === "stage" ? project.lock(node).entry(node.name) : undefined;
      if (node.frozen && node.kind === "stage")
        for (const out of node.outs)
          await this.input(project, out.absolute, recordedIn(lock, "outs", out.path)?.md5);
      for (const ref of [...node.deps, ...node.params]) {
        if (made(ref.absolute) || isOutput(plan, ref.absolute)) continue;
        if (!project.contains(ref.absolute)) {
          if (existsSync(this.at(project, ref.absolute))) continue;
          throw new GraphError(
            `verify: the dependency ${ref.path} of stage '${node.address}' lies outside the project, where the scratch folder has nothing. Name stages that do without it.`,
          );
        }
        await this.input(project, ref.absolute, undefined);
      }
    }
  }

  /** Bring a file or folder over: from the workspace, else from the cache. */
  private async input(project: Project, path: string, oid: string | undefined): Promise<void> {
    const target = this.at(project, path);
    if (existsSync(path)) copyTree(path, target);
    else if (oid !== undefined && project.cache.hasAll(oid)) {
      mkdirSync(dirname(target), { recursive: true });
      await checkout(target, { hash: "md5", md5: oid }, project.cache, project.hasher);
    } else if (!existsSync(target)) {
      const how = oid === undefined ? "Restore it from Git, or make it" : "Run nidslab pull (dvc pull)";
      throw new GraphError(
        `verify: ${project.show(path)} is neither here nor in the cache. ${how}, then verify again.`,
      );
    }
  }
}

/** What a killed verify left. */
function removeLeftOvers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Somebody else's.
    }
  }
}

/** Made by the plan, or data that a .dvc file of it tracks; a folder counts when something of it is. */
function isOutput(plan: readonly StageNode[], path: string): boolean {
  return plan.some((node) =>
    node.outs.some(
      ({ absolute }) =>
        absolute.startsWith(path + sep) ||
        (node.kind === "data" && (absolute === path || path.startsWith(absolute + sep))),
    ),
  );
}

/** Files that Git tracks, and folders of the root that it ignores. Without Git: all files, and nothing ignored. */
function filesOf(project: Project): { readonly tracked: string[]; readonly ignored: string[] } {
  const list = (...args: string[]): string[] | undefined =>
    git(project.root, ["ls-files", "-z", ...args])
      ?.split("\0")
      .filter((name) => name !== "")
      .map((name) => join(project.root, name));
  const tracked = project.gitRoot === undefined ? undefined : list();
  if (tracked === undefined) {
    const packages = ["node_modules", ".venv"].map((name) => join(project.root, name));
    return {
      tracked: walk(project.root, [...OWN, "node_modules", ".venv"]),
      ignored: packages.filter((path) => existsSync(path)),
    };
  }
  const ignored = (list("--others", "--ignored", "--exclude-standard", "--directory") ?? [])
    .map((path) => path.replace(/[/\\]$/, ""))
    .filter(
      (path) => dirname(path) === project.root && statSync(path, { throwIfNoEntry: false })?.isDirectory(),
    );
  return { tracked, ignored };
}

function walk(folder: string, skipped: readonly string[]): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path, []) : [path];
  });
}

function copyTree(path: string, target: string): void {
  if (!statSync(path).isDirectory()) {
    copyFile(path, target);
    return;
  }
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(path)) copyTree(join(path, name), join(target, name));
}

/** A copy that shares blocks where the file system can, with the file's times and mode. */
function copyFile(path: string, target: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  if (stat.isSymbolicLink()) symlinkSync(readlinkSync(path), target);
  else if (stat.isFile()) {
    copyFileSync(path, target, constants.COPYFILE_FICLONE);
    utimesSync(target, stat.atimeMs / 1000, stat.mtimeMs / 1000);
  }
}
