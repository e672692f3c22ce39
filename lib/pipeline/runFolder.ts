import { spawn } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { codeOf, messageOf } from "../base/errors.js";
import { writeFileAtomic, writeJson } from "../base/files.js";
import { compareText } from "../base/json.js";
import { InterruptedError } from "./errors.js";
import { fileNameOf, type StageNode } from "./node.js";
import type { Project } from "./project.js";

/** How many folders of plain runs are kept. Named experiments are never deleted. */
const KEPT = 50;
/** A longer difference to HEAD is cut. */
const MAX_DIFF_BYTES = 16 << 20;

/** What the engine tells of a run. */
export interface RunRecorder {
  /** The command of a stage is about to run. */
  open(node: StageNode): StageLog;
  /** A stage has been looked at, restored or run without an error. */
  done(node: StageNode, processed: boolean): void;
  failed(node: StageNode, cause: unknown): void;
}

export interface StageLog {
  /** What the stage's environment needs, for `--profile`. */
  readonly env: NodeJS.ProcessEnv;
  write(text: Buffer): void;
  end(): void;
}

export interface RunSettings {
  /** `repro`: numbered, old ones are deleted. `exp`: named, kept. */
  readonly kind: "repro" | "exp";
  readonly name?: string;
  /** The command line, for run.json. */
  readonly command: readonly string[];
  readonly profile: boolean;
}

type Result = "ran" | "restored" | "verified" | "skipped" | "failed" | "interrupted";

interface StageRecord {
  readonly stage: string;
  readonly result: Result;
  readonly seconds?: number;
  readonly exit?: number | null;
  readonly error?: string;
  readonly log?: string;
}

/**
 * The folder that a run leaves: params, Git commit and difference, dvc.lock, metrics, a log per stage, run.json. It is made
 * when the first stage is processed, so a run that finds nothing to do leaves none. What cannot be written is one warning
 * and stops nothing.
 */
export class RunFolder implements RunRecorder {
  private folder?: string;
  private broken = false;
  private readonly records: StageRecord[] = [];
  private readonly processed: StageNode[] = [];
  private readonly logs = new Map<StageNode, { readonly path: string; readonly start: bigint }>();
  private readonly started = process.hrtime.bigint();
  private gitState: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly project: Project,
    private readonly settings: RunSettings,
    private readonly warn: (line: string) => void,
  ) {}

  /** Where it is, relative to the folder of the call; undefined while nothing was processed. */
  get shown(): string | undefined {
    return this.folder === undefined ? undefined : this.project.show(this.folder);
  }

  /** The logs of the stages that failed, as messages show them. */
  get failedLogs(): string[] {
    return this.records.flatMap(({ result, log }) =>
      result === "failed" && log !== undefined && this.folder !== undefined
        ? [this.project.show(join(this.folder, log))]
        : [],
    );
  }

  open(node: StageNode): StageLog {
    const name = fileNameOf(node);
    const start = process.hrtime.bigint();
    let log: number | undefined;
    let env: NodeJS.ProcessEnv = {};
    let profiles: string | undefined;
    this.attempt((folder) => {
      const path = join("logs", `${name}.log`);
      log = openSync(join(folder, path), "w");
      this.logs.set(node, { path, start });
      if (!this.settings.profile) return;
      profiles = join(folder, "profiles", `.${name}`);
      mkdirSync(profiles, { recursive: true });
      env = profilingEnv(profiles);
    });
    if (!this.logs.has(node)) this.logs.set(node, { path: "", start });
    return {
      env,
      // At once: what a stage has said last is there however the run ends.
      write: (text) => {
        if (log !== undefined) this.attempt(() => writeFileSync(log as number, text));
      },
      end: () => {
        if (log !== undefined) closeSync(log);
        log = undefined;
        if (profiles !== undefined) this.attempt(() => keepProfiles(profiles as string, name));
      },
    };
  }

  done(node: StageNode, processed: boolean): void {
    const log = this.logs.get(node);
    if (log !== undefined) this.add(node, "ran", log);
    else if (processed) this.add(node, node.kind === "data" || node.frozen ? "verified" : "restored");
    else this.records.push({ stage: node.address, result: "skipped" });
    if (processed) this.processed.push(node);
  }

  failed(node: StageNode, cause: unknown): void {
    const exit = /, exited with (-?\d+)$/.exec(messageOf(cause));
    const more = { error: messageOf(cause), ...(exit === null ? {} : { exit: Number(exit[1]) }) };
    this.add(node, cause instanceof InterruptedError ? "interrupted" : "failed", this.logs.get(node), more);
  }

  /** The run has ended: write what is known only now. */
  async finish(cause?: unknown): Promise<void> {
    const { folder, project } = this;
    if (folder === undefined || this.broken) return;
    await this.gitState;
    const [{ metricsText }, { rememberTrees }] = await Promise.all([
      import("./experimentData.js"),
      import("./treeMemory.js"),
    ]);
    await rememberTrees(project, this.processed).catch((why) => this.fail(why));
    this.attempt(() => {
      for (const lock of project.dvcFiles().map((file) => file.path.replace(/dvc\.yaml$/, "dvc.lock"))) {
        copyInto(folder, "locks", lock, project.root);
      }
      writeFileAtomic(join(folder, "metrics.json"), metricsText(project));
      const outcome =
        cause === undefined ? "done" : cause instanceof InterruptedError ? "interrupted" : "failed";
      const { command, kind } = this.settings;
      const run = { kind, command, outcome, seconds: secondsSince(this.started), stages: this.records };
      writeJson(join(folder, "run.json"), cause === undefined ? run : { ...run, error: messageOf(cause) });
    });
  }

  private add(
    node: StageNode,
    result: Result,
    log?: { readonly path: string; readonly start: bigint },
    more: Partial<StageRecord> = {},
  ): void {
    this.attempt(() => undefined);
    const ran =
      log === undefined ? {} : { seconds: secondsSince(log.start), exit: result === "ran" ? 0 : null };
    const path = log === undefined || log.path === "" ? {} : { log: log.path };
    this.records.push({ stage: node.address, result, ...ran, ...path, ...more });
  }

  /** Do something in the folder, which is made when it is not there yet. */
  private attempt(work: (folder: string) => void): void {
    if (this.broken) return;
    try {
      this.folder ??= this.create();
      work(this.folder);
    } catch (cause) {
      this.fail(cause);
    }
  }

  private fail(cause: unknown): void {
    if (this.broken) return;
    this.broken = true;
    this.warn(`the folder of this run cannot be written (${messageOf(cause)}); the run goes on without it.`);
  }

  private create(): string {
    const { project } = this;
    const runs = runsFolder(project);
    mkdirSync(runs, { recursive: true });
    const folder = makeFolder(runs, this.settings);
    mkdirSync(join(folder, "logs"));
    this.folder = folder;
    const params = new Set(project.nodes().flatMap((node) => node.params.map((ref) => ref.absolute)));
    for (const file of project.dvcFiles()) for (const ref of file.params) params.add(ref.absolute);
    params.add(join(project.root, "params.yaml"));
    for (const path of params) copyInto(folder, "params", path, project.root);
    if (project.gitRoot !== undefined) this.gitState = writeGitState(folder, project, project.gitRoot);
    pointLast(runs, folder);
    if (this.settings.kind === "repro") removeOld(runs);
    return folder;
  }
}

function secondsSince(start: bigint): number {
  return Math.round(Number(process.hrtime.bigint() - start) / 1e6) / 1e3;
}

/** `runs/` where Git ignores it (this kit's projects); elsewhere a folder of DVC that Git ignores. */
export function runsFolder(project: Project): string {
  const runs = join(project.root, "runs");
  return project.gitIgnore?.ignored(runs, true) ? runs : join(project.root, ".dvc", "tmp", "nidslab-runs");
}

function numbered(runs: string): { readonly name: string; readonly number: number }[] {
  return readdirSync(runs)
    .flatMap((name) => {
      const found = /^repro-(\d+)$/.exec(name);
      return found === null ? [] : [{ name, number: Number(found[1]) }];
    })
    .sort((a, b) => a.number - b.number);
}

function makeFolder(runs: string, { kind, name }: RunSettings): string {
  let number = kind === "repro" ? (numbered(runs).at(-1)?.number ?? 0) + 1 : 1;
  for (; ; number++) {
    const base = kind === "repro" ? `repro-${String(number).padStart(4, "0")}` : String(name);
    const folder = join(runs, kind === "exp" && number > 1 ? `${base}-${number}` : base);
    try {
      mkdirSync(folder);
      return folder;
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw cause;
    }
  }
}

function removeOld(runs: string): void {
  for (const { name } of numbered(runs).slice(0, -KEPT))
    rmSync(join(runs, name), { recursive: true, force: true });
}

/** `runs/last`: a link to the newest, or a file with its name where links cannot be made. */
function pointLast(runs: string, folder: string): void {
  const last = join(runs, "last");
  const name = relative(runs, folder);
  // Earlier versions had a folder of logs there.
  if (lstatSync(last, { throwIfNoEntry: false })?.isDirectory())
    rmSync(last, { recursive: true, force: true });
  const fresh = join(runs, `.last-${process.pid}`);
  try {
    symlinkSync(name, fresh);
    renameSync(fresh, last);
  } catch {
    rmSync(fresh, { force: true });
    writeFileSync(last, `${name}\n`);
  }
}

/** Copy a file of the root under its name, others under `others/<path>`; a missing one is left out. */
function copyInto(folder: string, others: string, path: string, root: string): void {
  if (!existsSync(path)) return;
  const name = relative(root, path);
  const isTop = /^(params\.yaml|dvc\.lock)$/.test(name);
  const target = join(folder, isTop ? name : join(others, name.replaceAll("..", "_")));
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(path, target);
}

/** git.json and diff.patch. Outputs and locks are left out of the difference: the run itself changes them. */
async function writeGitState(folder: string, project: Project, gitRoot: string): Promise<void> {
  const made = project
    .nodes()
    .flatMap((node) => (node.kind === "stage" ? node.outs.map((out) => out.absolute) : []));
  const excluded = made.map((path) => `:(exclude,top,literal)${relative(gitRoot, path)}`);
  const paths = [":(top)", ":(exclude,top,glob)**/dvc.lock", ...excluded];
  const patch = join(folder, "diff.patch");
  const [diff, commit, branch, untracked] = await Promise.all([
    toFile(gitRoot, ["diff", "--binary", "--no-color", "--no-ext-diff", "HEAD", "--", ...paths], patch),
    line(gitRoot, ["rev-parse", "HEAD"]),
    line(gitRoot, ["symbolic-ref", "--quiet", "--short", "HEAD"]),
    line(gitRoot, ["ls-files", "--others", "--exclude-standard"]),
  ]);
  const state = {
    commit: commit || null,
    branch: branch || null,
    dirty: diff.bytes > 0,
    untracked: untracked === "" ? [] : untracked.split("\n").slice(0, 100).sort(compareText),
  };
  writeJson(join(folder, "git.json"), diff.isCut ? { ...state, diff_cut_at: MAX_DIFF_BYTES } : state);
}

function toFile(
  cwd: string,
  args: readonly string[],
  path: string,
): Promise<{ bytes: number; isCut: boolean }> {
  return new Promise((resolve) => {
    const target = openSync(path, "w");
    const child = spawn("git", args, { cwd, stdio: ["ignore", target, "ignore"] });
    closeSync(target);
    const end = (): void => {
      const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes > MAX_DIFF_BYTES) truncateSync(path, MAX_DIFF_BYTES);
      resolve({ bytes, isCut: bytes > MAX_DIFF_BYTES });
    };
    child.on("error", end);
    child.on("close", end);
  });
}

function line(cwd: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn("git", args, { cwd, stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    child.on("error", () => resolve(""));
    child.on("close", () => resolve(text.trimEnd()));
  });
}

/** NODE_OPTIONS that make every node process of a stage write a V8 CPU profile into `folder`. */
function profilingEnv(folder: string): NodeJS.ProcessEnv {
  const hook = new URL("../pipeline/profileHook.js", import.meta.url).href;
  return {
    NIDSLAB_PROFILE: folder,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --import=${hook}`.trim(),
  };
}

/** The largest profile is the stage's; others get numbers. */
function keepProfiles(folder: string, name: string): void {
  const found = readdirSync(folder).map((file) => ({ file, size: statSync(join(folder, file)).size }));
  found.sort((a, b) => b.size - a.size || compareText(a.file, b.file));
  found.forEach(({ file }, i) => {
    renameSync(join(folder, file), join(dirname(folder), `${name}${i === 0 ? "" : `.${i + 1}`}.cpuprofile`));
  });
  rmSync(folder, { recursive: true, force: true });
}
