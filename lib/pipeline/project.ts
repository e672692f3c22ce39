import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { compareText } from "../base/json.js";
import { ObjectStore } from "./cache.js";
import { Config } from "./config.js";
import { readDataFile } from "./dataFile.js";
import { type DvcFile, readDvcFile, toSlashes } from "./dvcfile.js";
import { PathLocks, RepoLock } from "./dvcLocks.js";
import { GraphError, NoProjectError } from "./errors.js";
import { notUtf8 } from "./fileKinds.js";
import { GitTracked } from "./gitFiles.js";
import { IgnoreTree } from "./ignore.js";
import { type Era, LegacyHasher, LegacyStore } from "./legacy.js";
import { LockFile } from "./lock.js";
import type { StageNode } from "./node.js";
import { RunCache } from "./runCache.js";
import { HashState } from "./state.js";
import { Hasher } from "./tree.js";
import { YamlMemory } from "./yaml/memory.js";

/** A repository with a `.dvc` folder, as it is on the disk: its stages, locks, cache and ignore files. */
export class Project {
  readonly config: Config;
  readonly dvcIgnore: IgnoreTree;
  readonly gitIgnore?: IgnoreTree;
  readonly gitTracked?: GitTracked;
  readonly yaml: YamlMemory;
  readonly state: HashState;
  readonly hasher: Hasher;
  readonly cache: ObjectStore;
  /** What DVC 2.x recorded and stored. */
  readonly legacy: Era;
  readonly runs: RunCache;
  readonly repoLock = new RepoLock(this);
  readonly pathLocks: PathLocks;
  private index?: { readonly files: readonly DvcFile[]; readonly nodes: readonly StageNode[] };
  private readonly locks = new Map<string, LockFile>();

  private constructor(
    readonly root: string,
    readonly cwd: string,
    readonly gitRoot: string | undefined,
    private readonly warn: (line: string) => void,
  ) {
    this.config = Config.read(root);
    this.dvcIgnore = IgnoreTree.dvc(root);
    this.gitIgnore = gitRoot === undefined ? undefined : IgnoreTree.git(gitRoot);
    this.gitTracked = gitRoot === undefined ? undefined : new GitTracked(gitRoot);
    this.yaml = new YamlMemory(join(root, ".nidslab", "yaml.json"));
    this.state = new HashState(root);
    this.hasher = new Hasher(this.dvcIgnore, this.state, warn);
    this.cache = new ObjectStore(this.config.cacheFolder, this.config.links);
    this.legacy = {
      hasher: new LegacyHasher(this.hasher),
      cache: new LegacyStore(this.config.cacheFolder, this.config.links),
    };
    this.pathLocks = new PathLocks(this);
    this.runs = new RunCache(this.config.cacheFolder, this.config.links);
  }

  /** The project that `cwd` lies in. @throws NoProjectError when no folder above has a `.dvc` */
  static open(cwd: string, warn: (line: string) => void): Project {
    const root = above(cwd, ".dvc");
    if (root === undefined) {
      throw new NoProjectError(
        "you are not inside of a DVC repository (checked up to mount point '/'). Go to the project's folder, or run `dvc init`.",
      );
    }
    const config = Config.read(root);
    return new Project(root, cwd, config.flag("core", "no_scm") ? undefined : above(root, ".git"), warn);
  }

  /** Path as messages show it: relative to the folder of the call. */
  show(path: string): string {
    return toSlashes(relative(this.cwd, path)) || ".";
  }

  /** The folder of the kit's own files, which ignores itself in Git. */
  ownFolder(): string {
    const folder = join(this.root, ".nidslab");
    const ignore = join(folder, ".gitignore");
    if (statSync(ignore, { throwIfNoEntry: false })?.size !== 2) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(ignore, "*\n");
    }
    return folder;
  }

  /** Keep what was learned about files for the next call. */
  saveState(): void {
    try {
      this.ownFolder();
    } catch {
      return; // A read-only checkout.
    }
    this.state.save();
    this.yaml.save();
  }

  /** Every stage and .dvc file below the root: folders that are outputs or ignored are not entered. */
  nodes(): readonly StageNode[] {
    return this.collect().nodes;
  }

  dvcFiles(): readonly DvcFile[] {
    return this.collect().files;
  }

  /** The dvc.lock that records a stage. */
  lock(node: StageNode): LockFile {
    return this.lockOf(node.file);
  }

  /** The dvc.lock beside a dvc.yaml; read again when another program has written it meanwhile. */
  lockOf(file: string): LockFile {
    const path = join(dirname(file), "dvc.lock");
    let lock = this.locks.get(path);
    if (lock === undefined || !lock.isCurrent()) {
      if (this.gitIgnore?.ignored(path, false)) throw new GraphError(`'${path}' is git-ignored.`);
      lock = LockFile.read(path, `./${this.show(path)}`, this.yaml.read);
      this.locks.set(path, lock);
    }
    return lock;
  }

  setLock(lock: LockFile): void {
    this.locks.set(lock.path, lock);
  }

  private collect(): { readonly files: readonly DvcFile[]; readonly nodes: readonly StageNode[] } {
    if (this.index !== undefined) return this.index;
    const files: DvcFile[] = [];
    const nodes: StageNode[] = [];
    const outputs = new Set<string>();
    const add = (node: StageNode): void => {
      nodes.push(node);
      for (const out of node.outs) outputs.add(out.absolute);
    };
    const visit = (folder: string): void => {
      const entries = readdirSync(folder, { withFileTypes: true });
      const names = entries
        .filter((entry) => !entry.isDirectory() && (entry.name === "dvc.yaml" || /.\.dvc$/.test(entry.name)))
        .map((entry) => entry.name)
        .filter((name) => !this.skipped(join(folder, name), false));
      names.sort((a, b) => Number(b === "dvc.yaml") - Number(a === "dvc.yaml") || compareText(a, b));
      for (const name of names) {
        const path = join(folder, name);
        if (name !== "dvc.yaml") add(readDataFile(path, this.cwd, this.yaml.read));
        else {
          const file = readDvcFile(path, {
            root: this.root,
            cwd: this.cwd,
            warn: this.warn,
            read: this.yaml.read,
            style: this.config.optionStyle,
          });
          files.push(file);
          file.stages.forEach(add);
        }
      }
      const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
      for (const name of folders.sort(compareText)) {
        const path = join(folder, name);
        if (outputs.has(path) || this.skipped(path, true)) continue;
        const odd = notUtf8(folder, name);
        if (odd === undefined) visit(path);
        else this.warn(`'${odd}' has a name that is not UTF-8: it is not searched for stages and data.`);
      }
    };
    visit(this.root);
    for (const out of outputs) this.refuseIgnored(out);
    this.index = { files, nodes };
    return this.index;
  }

  private skipped(path: string, isFolder: boolean): boolean {
    return this.dvcIgnore.ignored(path, isFolder) || this.gitIgnore?.ignored(path, isFolder) === true;
  }

  private refuseIgnored(out: string): void {
    const rule = this.dvcIgnore.match(out, false);
    if (rule !== undefined) throw new GraphError(`Path '${out}' is ignored by ${rule.source}`);
  }

  /** True for paths below the root. */
  contains(path: string): boolean {
    return path === this.root || path.startsWith(this.root + sep);
  }
}

function above(start: string, name: string): string | undefined {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
