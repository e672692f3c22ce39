import { messageOf } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { GraphError, InterruptedError } from "./errors.js";
import { gitHint, unignoreInGit } from "./gitFiles.js";
import type { Graph } from "./graph.js";
import type { StageNode } from "./node.js";
import { ParamFiles } from "./paramValues.js";
import type { Project } from "./project.js";
import type { ReproOptions } from "./repro.js";
import { stageInGit } from "./save.js";
import { type Console, Sections } from "./section.js";
import type { Children } from "./shell.js";
import { reproduceStage, type StageResult } from "./stageRun.js";

type State = "waiting" | "running" | "done" | "failed" | "left out";

/** One run of a plan: which stage may start, what is said of it, and what becomes of the rest after a failure. */
export class Run {
  private readonly state = new Map<StageNode, State>();
  private readonly sections: Sections;
  private readonly params: ParamFiles;
  private readonly failures: { readonly index: number; readonly node: StageNode; readonly cause: unknown }[] =
    [];
  /** Of a dry run: stages that would be processed, or may be because of those. */
  private readonly wouldRun = new Set<StageNode>();
  private readonly changedFiles = new Set<string>();
  private readonly ignored: string[] = [];
  private readonly unrecorded = new Set<StageResult>();
  private readonly forced = new Set<StageNode>();
  private processed = 0;
  private lastProcessed = false;

  constructor(
    private readonly project: Project,
    private readonly plan: readonly StageNode[],
    private readonly graph: Graph | undefined,
    private readonly options: ReproOptions,
    private readonly console: Console,
    private readonly children: Children,
  ) {
    this.params = new ParamFiles(project.yaml.read);
    // An empty line stands between a stage that was processed and the next one that has something to say.
    this.sections = new Sections(
      plan.length,
      console,
      () => project.ownFolder(),
      () => (this.lastProcessed ? "\n" : ""),
    );
    for (const node of plan) this.state.set(node, "waiting");
  }

  async all(): Promise<void> {
    const running = new Map<number, Promise<void>>();
    for (;;) {
      for (let i = 0; i < this.plan.length && running.size < this.jobs; i++) {
        if (this.state.get(this.plan[i]) !== "waiting" || !this.mayStart(i)) continue;
        this.state.set(this.plan[i], "running");
        running.set(
          i,
          this.one(i).finally(() => {
            running.delete(i);
            this.tell();
          }),
        );
      }
      if (running.size === 0) break;
      await Promise.race(running.values());
    }
    this.finish();
  }

  /** A dry run looks only, `-s` has no graph to order by, and a person answers one question: they go one by one. */
  private get jobs(): number {
    const oneByOne = this.graph === undefined || this.options.dry || this.options.confirm !== undefined;
    return oneByOne ? 1 : this.options.jobs;
  }

  /** Everything it needs is there, and one job would have come this far. */
  private mayStart(index: number): boolean {
    if (this.children.interrupted) return false;
    const first = this.failures.reduce(
      (least, failure) => Math.min(least, failure.index),
      Number.POSITIVE_INFINITY,
    );
    if (index > first && !this.options.keepGoing && !this.options.ignoreErrors) return false;
    const node = this.plan[index];
    // What a persistent output becomes cannot be taken back: it has to be its turn.
    if (node.outs.some((out) => out.persist) && !this.sections.isLive(index)) return false;
    const isOver = (each: StageNode): boolean => !["waiting", "running"].includes(this.state.get(each) ?? "");
    if (this.frozenNeighbours(index).some((each) => !isOver(each))) return false;
    return this.producers(node).every((producer) => {
      const state = this.state.get(producer);
      return state === "done" || (state === "failed" && this.options.ignoreErrors);
    });
  }

  /**
   * A frozen stage does not wait for what makes its dependencies, and yet they are hashed: who comes first in the plan goes
   * first, as with one job.
   */
  private frozenNeighbours(index: number): StageNode[] {
    const node = this.plan[index];
    const touches = (frozen: StageNode, maker: StageNode): boolean =>
      frozen.frozen && this.graph?.allProducersOf(frozen).includes(maker) === true;
    return this.plan.slice(0, index).filter((each) => touches(node, each) || touches(each, node));
  }

  private producers(node: StageNode): StageNode[] {
    return (this.graph?.producersOf(node) ?? []).filter((producer) => this.state.has(producer));
  }

  private async one(index: number): Promise<void> {
    const node = this.plan[index];
    const { dry, runCache, commit, allowMissing, pull, ignoreErrors, confirm } = this.options;
    const force = this.options.force || this.forced.has(node);
    this.tell();
    let result: StageResult;
    try {
      result = await reproduceStage(node, {
        project: this.project,
        params: this.params,
        children: this.children,
        force,
        dry,
        inputsMayChange: dry && this.producers(node).some((producer) => this.wouldRun.has(producer)),
        runCache,
        commit,
        allowMissing,
        pull,
        ignoreErrors,
        confirm,
        recorder: this.options.recorder,
        write: (text, to = "stdout") => this.sections.write(index, text, to),
      });
    } catch (cause) {
      const skipped = this.fail(index, cause);
      if (skipped === undefined) return; // The run ends here.
      for (const i of skipped) void this.sections.close(i, () => undefined);
      await this.sections.close(index, () => undefined);
      return;
    }
    this.state.set(node, "done");
    if (this.options.forceDownstream && (force || result.processed)) this.forceDependents(node);
    if (dry && result.processed) this.wouldRun.add(node);
    this.unrecorded.add(result);
    await this.sections.close(index, () => this.record(index, result));
  }

  private forceDependents(node: StageNode): void {
    for (const each of this.plan) if (this.producers(each).includes(node)) this.forced.add(each);
  }

  private tell(): void {
    const running = this.plan.filter((node) => this.state.get(node) === "running");
    const waiting = this.plan.filter((node) => this.state.get(node) === "waiting").length;
    this.console.progress?.({
      done: this.plan.length - waiting - running.length,
      total: this.plan.length,
      running: running.map((node) => node.address),
    });
  }

  private async record(index: number, result: StageResult): Promise<void> {
    try {
      const { files, ignored } = await result.record();
      this.unrecorded.delete(result);
      for (const file of files) this.changedFiles.add(file);
      this.ignored.push(...ignored);
    } catch (cause) {
      for (const i of this.fail(index, cause) ?? []) void this.sections.close(i, () => undefined);
      return;
    }
    this.options.recorder?.done(this.plan[index], result.processed);
    this.lastProcessed = result.processed;
    if (result.processed) this.processed++;
  }

  /**
   * A stage has failed. With `-k` what depends on it is left out, with `--ignore-errors` it is not.
   * @returns the stages that are left out; undefined when the run ends
   */
  private fail(index: number, cause: unknown): number[] | undefined {
    const node = this.plan[index];
    this.state.set(node, "failed");
    this.options.recorder?.failed(node, cause);
    this.failures.push({ index, node, cause });
    const goesOn = this.options.keepGoing || this.options.ignoreErrors;
    if (cause instanceof InterruptedError || !goesOn) return undefined;
    const skipped = this.options.keepGoing ? this.leaveOut(node) : [];
    const ignored = this.options.keepGoing ? "" : " (ignored)";
    this.sections.write(index, `WARNING: ${messageOf(cause)}${ignored}\n`, "stderr");
    if (skipped.length > 0) {
      const names = quotedList(skipped.map((i) => this.plan[i].address));
      const stages = skipped.length > 1 ? "Stages" : "Stage";
      this.sections.write(
        index,
        `WARNING: ${stages} ${names} will be skipped due to this failure\n`,
        "stderr",
      );
    }
    return skipped;
  }

  private leaveOut(failed: StageNode): number[] {
    const lost = new Set([failed]);
    return [...this.plan.keys()].filter((i) => {
      const node = this.plan[i];
      const isLost =
        this.state.get(node) === "waiting" && this.producers(node).some((producer) => lost.has(producer));
      if (!isLost) return false;
      lost.add(node);
      this.state.set(node, "left out");
      return true;
    });
  }

  private finish(): void {
    this.console.progress?.(undefined);
    this.sections.end();
    for (const result of this.unrecorded) result.abandon?.();
    if (this.children.interrupted) throw new InterruptedError("interrupted by the user");
    const failures = [...this.failures].sort((a, b) => a.index - b.index);
    if (failures.length > 0 && !this.options.ignoreErrors) this.takeBackIgnored();
    if (failures.length > 0 && this.options.keepGoing) {
      const names = failures.map((failure) => failure.node.address);
      const list = quotedList(names);
      throw new GraphError(`failed to reproduce ${names.length > 1 ? `stages: ${list}` : list}`);
    }
    if (failures.length > 0 && !this.options.ignoreErrors) {
      const { node, cause } = failures[0];
      throw new GraphError(`failed to reproduce '${node.address}': ${messageOf(cause)}`, { cause });
    }
    this.say();
  }

  /** After a failure DVC takes out of .gitignore what the run has put there (treeverse/dvc issue 11091); so do we, and say so. */
  private takeBackIgnored(): void {
    const taken = this.ignored.filter((path) => unignoreInGit(path));
    if (taken.length === 0) return;
    const names = taken.map((path) => this.project.show(path)).join(", ");
    this.console.write(
      `WARNING: after the failure the lines for ${names} are taken out of .gitignore again, as DVC does; ` +
        "add them before you run git add.\n",
      "stderr",
    );
  }

  private say(): void {
    const files = [...this.changedFiles].map((file) => this.project.show(file)).sort(compareText);
    if (files.length > 0 && this.project.gitRoot !== undefined) {
      if (this.project.config.flag("core", "autostage")) stageInGit([...this.changedFiles], this.project);
      else this.console.write(gitHint(files), "stdout");
    }
    this.console.write(
      this.processed > 0
        ? "Use `dvc push` to send your updates to remote storage.\n"
        : "Data and pipelines are up to date.\n",
      "stdout",
    );
  }
}

function quotedList(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}
