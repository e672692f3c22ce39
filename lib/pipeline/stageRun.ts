import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { Aside } from "./aside.js";
import { type Change, changesOf, explain } from "./changes.js";
import { updateDataFile } from "./dataFile.js";
import { GraphError, InterruptedError } from "./errors.js";
import { followSource } from "./importUrl.js";
import { unprotect } from "./links.js";
import type { StageNode } from "./node.js";
import type { ParamFiles } from "./paramValues.js";
import type { Project } from "./project.js";
import { entryBefore, ignoreOutput, isKept, refuseTracked, restoreRun, saveStage } from "./save.js";
import { type Children, commandLines, type Stream } from "./shell.js";
import { recordOf } from "./tree.js";

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
  readonly write: (text: string | Buffer, to?: Stream) => void;
}

/** What became of a stage. `record` writes its lock entry and says which files Git should know of. */
export interface StageResult {
  readonly processed: boolean;
  readonly record: () => string[];
}

const NOTHING: StageResult = { processed: false, record: () => [] };
/** Of a dry run: it would have been processed. */
const LOOKED: StageResult = { processed: true, record: () => [] };

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
  if (node.import !== undefined && mayDownload(node)) return reimport(node, job);
  if (node.kind === "data") return verifyData(node, job);
  if (node.frozen) {
    job.write(`Verifying outputs in frozen stage: '${node.address}'\n`);
    await refuseMissing(node, job);
    return job.dry ? LOOKED : saved(node, job);
  }
  // A dry run has nothing to hash: what the stage needs may not be there yet.
  const before = job.dry ? undefined : await entryBefore(node, project, params);
  const mayRestore = before !== undefined && !job.force && job.runCache && isKept(node, project);
  if (mayRestore && (await restoreRun(node, before, project))) {
    job.write(`Stage '${node.address}' is cached - skipping run, checking out outputs\n`);
    return saved(node, job);
  }
  job.write(`Running stage '${node.address}':\n`);
  if (process.env.NIDSLAB_DEBUG === "1" && reasons.length > 0) warn(job, explain(reasons[0], project));
  const lines = commandLines(node.cmd);
  if (job.dry) {
    for (const line of lines) job.write(`> ${line}\n`);
    return LOOKED;
  }
  return run(node, lines, job);
}

async function run(node: StageNode, lines: readonly string[], job: StageJob): Promise<StageResult> {
  const { project } = job;
  const aside = new Aside(
    join(project.ownFolder(), "aside", `${process.pid}-${node.name.replace(/[^\w.@-]/g, "_")}`),
  );
  const log = openLog(node, project);
  const env = { ...process.env, DVC_STAGE: node.address, DVC_ROOT: process.env.DVC_ROOT ?? project.root };
  try {
    for (const out of node.outs) {
      if (!out.persist) aside.move(out.absolute);
      else if (out.cache) unprotect(out.absolute, project.cache.links);
    }
    for (const line of lines) {
      job.write(`> ${line}\n`);
      await job.children.run(line, node.wdir, env, (text, to) => {
        log?.write(text);
        job.write(text, to);
      });
    }
    const result = await saved(node, job);
    aside.drop();
    return result;
  } catch (cause) {
    aside.restore(cause instanceof InterruptedError);
    throw cause;
  } finally {
    log?.end();
    for (const out of node.outs) project.hasher.forget(out.absolute);
    job.params.forget();
  }
}

/** A log per stage under runs/last/, where the project has Git ignore runs/. */
function openLog(node: StageNode, project: Project): WriteStream | undefined {
  const folder = join(project.root, "runs", "last");
  if (!project.gitIgnore?.ignored(join(project.root, "runs"), true)) return undefined;
  mkdirSync(folder, { recursive: true });
  const log = createWriteStream(join(folder, `${node.name.replace(/[^\w.@-]/g, "_")}.log`));
  log.on("error", () => undefined); // A log that cannot be written stops nothing.
  return log;
}

async function saved(node: StageNode, job: StageJob): Promise<StageResult> {
  const { project } = job;
  const entry = await saveStage(node, project, job.params, {
    commit: job.commit,
    warn: (line) => warn(job, line),
  });
  const record = (): string[] => {
    const ignoreFiles = node.outs.flatMap((out) => (out.cache ? ignoreOutput(out.absolute, project) : []));
    const lock = project.lock(node);
    const next = lock.with(node.name, entry);
    if (!lock.exists) job.write(`Generating lock file '${project.show(lock.path)}'\n`);
    project.setLock(next);
    if (!next.write()) return ignoreFiles;
    job.write(`Updating lock file '${project.show(lock.path)}'\n`);
    return [...ignoreFiles, lock.path];
  };
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
  return job.dry ? LOOKED : { processed: true, record: () => files };
}

/** A .dvc file whose data has changed: take the new state of the data. */
async function verifyData(node: StageNode, job: StageJob): Promise<StageResult> {
  const { project } = job;
  const what = node.frozen ? "outputs in frozen" : "data sources in";
  job.write(`Verifying ${what} stage: '${node.address}'\n`);
  await refuseMissing(node, job);
  if (job.dry) return LOOKED;
  const files: string[] = [];
  for (const out of node.outs) {
    const hashed = await project.hasher.hash(out.absolute);
    if (hashed === undefined) continue;
    if (out.cache) {
      refuseTracked(out.absolute, out.path, project);
      files.push(...ignoreOutput(out.absolute, project));
      if (job.commit) project.cache.add(out.absolute, hashed);
    }
    if (hashed.md5 !== out.recorded?.md5) {
      updateDataFile(node.file, out, recordOf(hashed));
      files.push(node.file);
    }
  }
  return { processed: true, record: () => files };
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
