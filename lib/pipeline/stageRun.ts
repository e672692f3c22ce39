import { dirname, join } from "node:path";
import { Aside } from "./aside.js";
import { type Change, changesOf, explain } from "./changes.js";
import { updateDataFile } from "./dataFile.js";
import { defectsOf } from "./defects.js";
import { GraphError, InterruptedError } from "./errors.js";
import { followSource } from "./importUrl.js";
import { keptOf } from "./legacy.js";
import { unprotect } from "./links.js";
import { fileNameOf, type StageNode } from "./node.js";
import type { ParamFiles } from "./paramValues.js";
import { markOf } from "./processes.js";
import type { Project } from "./project.js";
import { pullDependencies, pullOutputs } from "./pullStage.js";
import { asideFolder, entryMark } from "./recovery.js";
import type { RunRecorder } from "./runFolder.js";
import { entryBefore, ignoreOutput, isKept, refuseTracked, restoreRun, saveStage } from "./save.js";
import { type Children, commandLines, type Stream } from "./shell.js";

/** How one stage is to be run, and where its words go. */
export interface StageJob {
  readonly project: Project;
  readonly params: ParamFiles;
  readonly children: Children;
  readonly force: boolean;
  readonly dry: boolean;
  /** Of a dry run: something that the stage needs would be made anew before it. */
  readonly inputsMayChange: boolean;
  readonly runCache: boolean;
  readonly commit: boolean;
  readonly allowMissing: boolean;
  /** The run goes on with what a failed command has left. */
  readonly ignoreErrors: boolean;
  /** Bring what is missing from the remotes before anything is run. */
  readonly pull: boolean;
  readonly confirm?: (question: string) => boolean;
  readonly recorder?: RunRecorder;
  readonly write: (text: string | Buffer, to?: Stream) => void;
}

/**
 * What became of a stage. `record` writes its lock entry, in the order of the plan; `abandon` is called instead when a run
 * ends before it is this stage's turn: its former outputs come back (the new ones are in the cache).
 */
export interface StageResult {
  readonly processed: boolean;
  readonly record: () => Promise<Recording>;
  readonly abandon?: () => void;
}

/** Files that Git should know of, and outputs that were named in a .gitignore. */
export interface Recording {
  readonly files: readonly string[];
  readonly ignored: readonly string[];
}

const NO_FILES: Recording = { files: [], ignored: [] };
const NOTHING: StageResult = { processed: false, record: async () => NO_FILES };
/** Of a dry run: it would have been processed. */
const LOOKED: StageResult = { processed: true, record: async () => NO_FILES };

/**
 * Bring one stage up to date: skip it, restore its outputs from an earlier run, or run it.
 * @throws GraphError when it fails; its former outputs are in place again then
 */
export async function reproduceStage(node: StageNode, job: StageJob): Promise<StageResult> {
  const { project, params } = job;
  const title = node.kind === "data" ? `'${node.address}'` : `Stage '${node.address}'`;
  if (node.frozen && node.import === undefined) {
    warn(job, `stage: '${node.address}' is frozen. Its dependencies are not going to be reproduced.`);
  }
  let reasons: Change[] = [];
  if (!job.force) {
    reasons = await changesOf(node, { project, params, firstOnly: true, allowMissing: job.allowMissing });
    if (reasons.length === 0) {
      if (job.inputsMayChange) {
        job.write(`${title} may run: it depends on what would run before it\n`);
        return LOOKED;
      }
      job.write(`${title} didn't change, skipping\n`);
      return NOTHING;
    }
  }
  if (job.pull && !job.force && !job.dry && (await isOnlyMissing(node, job))) {
    job.write(`Pulling data for stage: '${node.address}'\n`);
    if (await project.repoLock.during(() => pullOutputs(node, project))) return NOTHING;
    job.write(`Unable to pull data for stage: '${node.address}'\n`);
  }
  if (job.confirm !== undefined) {
    const goOn = job.confirm(
      `Going to reproduce stage: '${node.address}'. Are you sure you want to continue?`,
    );
    if (!goOn) throw new GraphError("reproduction aborted by the user");
  }
  if (job.dry) return look(node, job);
  const leave = project.pathLocks.take(
    node.deps.map((dep) => dep.absolute),
    node.outs.map((out) => out.absolute),
  );
  try {
    // DVC has to let us write; that it does not is better known before anything is computed.
    await project.repoLock.during(() => undefined);
    project.repoLock.beFirm(
      () => job.children.interrupted,
      (line) => warn(job, line),
    );
    const result = await makeAnew(node, job, reasons);
    // Until it is recorded nobody else is to work on these paths.
    return {
      processed: result.processed,
      record: () => result.record().finally(leave),
      abandon: () => {
        result.abandon?.();
        leave();
      },
    };
  } catch (cause) {
    leave();
    throw cause;
  }
}

/** Nothing has changed, only something that is recorded is not here. */
async function isOnlyMissing(node: StageNode, { project, params }: StageJob): Promise<boolean> {
  const changes = await changesOf(node, { project, params, firstOnly: true, allowMissing: true });
  return changes.length === 0;
}

/** What a dry run says of a stage that would be processed; it has nothing to hash: what the stage needs may not be there. */
async function look(node: StageNode, job: StageJob): Promise<StageResult> {
  if (node.import !== undefined && mayDownload(node)) return reimport(node, job);
  if (node.kind === "data") job.write(verifying(node));
  else if (node.frozen) job.write(`Verifying outputs in frozen stage: '${node.address}'\n`);
  else {
    job.write(`Running stage '${node.address}':\n`);
    for (const line of commandLines(node.cmd)) job.write(`> ${line}\n`);
  }
  return LOOKED;
}

async function makeAnew(node: StageNode, job: StageJob, reasons: readonly Change[]): Promise<StageResult> {
  const { project, params } = job;
  if (node.import !== undefined && mayDownload(node))
    return project.repoLock.during(() => reimport(node, job));
  if (node.kind === "data") return project.repoLock.during(() => verifyData(node, job));
  if (node.frozen) {
    job.write(`Verifying outputs in frozen stage: '${node.address}'\n`);
    await refuseMissing(node, job);
    return saved(node, job);
  }
  for (const line of defectsOf(node, params)) warn(job, line);
  if (job.pull && !job.force) await project.repoLock.during(() => pullDependencies(node, project));
  const before = await entryBefore(node, project, params);
  if (!job.force && job.runCache && isKept(node, project)) {
    const how = { pull: job.pull, warn: (line: string): void => warn(job, line) };
    if (await project.repoLock.during(() => restoreRun(node, before, project, how))) {
      job.write(`Stage '${node.address}' is cached - skipping run, checking out outputs\n`);
      return saved(node, job);
    }
  }
  job.write(`Running stage '${node.address}':\n`);
  if (process.env.NIDSLAB_DEBUG === "1" && reasons.length > 0) warn(job, explain(reasons[0], project));
  return run(node, job);
}

async function run(node: StageNode, job: StageJob): Promise<StageResult> {
  const { project } = job;
  const { file, name } = node;
  const aside = new Aside(join(asideFolder(project), `${process.pid}-${fileNameOf(node)}`), {
    file,
    name,
    entry: entryMark(project.lock(node).entry(name)),
  });
  const log = job.recorder?.open(node);
  const env = {
    ...process.env,
    ...log?.env,
    DVC_STAGE: node.address,
    DVC_ROOT: process.env.DVC_ROOT ?? project.root,
  };
  try {
    aside.move(node.outs.filter((out) => !out.persist).map((out) => out.absolute));
    for (const out of node.outs) if (out.persist && out.cache) unprotect(out.absolute, project.cache.links);
    for (const line of commandLines(node.cmd)) {
      job.write(`> ${line}\n`);
      const write = (text: Buffer, to: Stream): void => {
        log?.write(text);
        job.write(text, to);
      };
      await job.children.run(line, node.wdir, env, write, (pid) => aside.running(markOf(pid)));
    }
    const { record } = await saved(node, job);
    const recordAndDrop = async (): Promise<Recording> => {
      const recording = await record();
      aside.drop();
      return recording;
    };
    return { processed: true, record: recordAndDrop, abandon: () => aside.restore(true) };
  } catch (cause) {
    if (job.ignoreErrors && !(cause instanceof InterruptedError)) aside.restoreMissing();
    else aside.restore(cause instanceof InterruptedError);
    throw cause;
  } finally {
    log?.end();
    for (const out of node.outs) project.hasher.forget(out.absolute);
    job.params.forget();
  }
}

async function saved(node: StageNode, job: StageJob): Promise<StageResult> {
  const { project } = job;
  job.params.forget(); // The command may have changed them; what counts is what is there now.
  const entry = await project.repoLock.during(() =>
    saveStage(node, project, job.params, { commit: job.commit, warn: (line) => warn(job, line) }),
  );
  const record = (): Promise<Recording> =>
    project.repoLock.during(() => {
      const ignored = node.outs
        .map((out) => out.absolute)
        .filter((path, i) => node.outs[i].cache && ignoreOutput(path, project).length > 0);
      const files = ignored.map((path) => join(dirname(path), ".gitignore"));
      const lock = project.lock(node);
      const next = lock.with(node.name, entry);
      if (!lock.exists) job.write(`Generating lock file '${project.show(lock.path)}'\n`);
      project.setLock(next);
      if (!next.write()) return { files, ignored };
      job.write(`Updating lock file '${project.show(lock.path)}'\n`);
      return { files: [...files, lock.path], ignored };
    });
  return { processed: true, record };
}

/** An import follows its source when it is not frozen, and is made when it never was. */
function mayDownload(node: StageNode): boolean {
  return !node.frozen || node.outs.every((out) => out.recorded?.md5 === undefined);
}

async function reimport(node: StageNode, job: StageJob): Promise<StageResult> {
  const files = await followSource(node, job.project, {
    dry: job.dry,
    commit: job.commit,
    write: (text) => job.write(text),
    warn: (line) => warn(job, line),
  });
  return job.dry ? LOOKED : { processed: true, record: async () => ({ files, ignored: [] }) };
}

function verifying(node: StageNode): string {
  return `Verifying ${node.frozen ? "outputs in frozen" : "data sources in"} stage: '${node.address}'\n`;
}

/** A .dvc file whose data has changed: take the new state of the data. */
async function verifyData(node: StageNode, job: StageJob): Promise<StageResult> {
  const { project } = job;
  job.write(verifying(node));
  await refuseMissing(node, job);
  const files: string[] = [];
  for (const out of node.outs) {
    const found = await keptOf(out.absolute, out.recorded, project);
    if (found === undefined) continue;
    if (out.cache) {
      refuseTracked(out.absolute, out.path, project);
      files.push(...ignoreOutput(out.absolute, project));
      if (job.commit) found.cache.add(out.absolute, found.hashed);
    }
    if (found.recorded.md5 !== out.recorded?.md5) {
      updateDataFile(node.file, out, found.recorded);
    }
  }
  files.push(node.file);
  return { processed: true, record: async () => ({ files, ignored: [] }) };
}

/** Where nothing is run, what is to be recorded has to be there. */
async function refuseMissing(node: StageNode, { project }: StageJob): Promise<void> {
  const missing: string[] = [];
  for (const out of node.outs) {
    if ((await project.hasher.hash(out.absolute)) === undefined) missing.push(project.show(out.absolute));
  }
  if (missing.length === 0) return;
  throw new GraphError(`missing data 'source${missing.length > 1 ? "s" : ""}': ${missing.join(", ")}`);
}

function warn(job: StageJob, line: string): void {
  job.write(`WARNING: ${line}\n`, "stderr");
}
