import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { compareText } from "../base/json.js";
import { type Comparison, compareFiles, different, EQUAL, worst } from "./compareFiles.js";
import { Graph } from "./graph.js";
import { recordedIn } from "./lock.js";
import type { Output, StageNode } from "./node.js";
import type { Project } from "./project.js";
import { type Revision, Revisions, WORKSPACE } from "./reporting/revision.js";
import { plainRepro, repro } from "./repro.js";
import { Scratch } from "./scratch.js";
import type { Console } from "./section.js";
import { findStages } from "./targets.js";

export interface VerifyOptions {
  readonly targets: readonly string[];
  /** Largest relative difference of two numbers that passes. */
  readonly tolerance: number;
  readonly jobs: number;
  readonly keep: boolean;
}

/** What a rerun gave, against the committed lock. */
export interface Verification {
  /** Where the lock is from: HEAD, or the workspace where Git has none. */
  readonly lock: "HEAD" | "workspace";
  /** The workspace's dvc.lock is another one. */
  readonly lockDiffers: boolean;
  /** Inputs that are not those of the lock. */
  readonly inputs: readonly {
    readonly stage: string;
    readonly path: string;
    readonly state: "different" | "not recorded";
  }[];
  readonly outputs: readonly ({ readonly stage: string; readonly path: string } & Comparison)[];
  /** The scratch folder, when it is kept. */
  readonly scratch?: string;
}

/**
 * Rerun stages, and what they need, in a scratch folder, without the run cache, and compare every output with the
 * committed dvc.lock. The workspace is never touched.
 * @throws GraphError when the graph itself fails there, or data is missing
 */
export async function verify(
  project: Project,
  options: VerifyOptions,
  console: Console,
): Promise<Verification> {
  const graph = Graph.of(project.nodes(), project.cwd);
  const plan = graph.order(findStages(options.targets, project));
  const revisions = new Revisions(project);
  let scratch: Scratch | undefined;
  try {
    const committed = committedOf(project, plan, revisions);
    const base = committed ?? revisions.open(WORKSPACE);
    const inputs = await changedInputs(project, plan, base, graph);
    scratch = await Scratch.make(project, plan);
    const copy = scratch.open(project, () => undefined);
    await repro(
      copy,
      {
        ...plainRepro,
        targets: options.targets,
        force: true,
        commit: false,
        runCache: false,
        pull: scratch.needsPull,
        jobs: options.jobs,
      },
      console,
    );
    const outputs: ({ readonly stage: string; readonly path: string } & Comparison)[] = [];
    for (const node of plan) {
      if (node.kind === "data" || node.frozen) continue;
      for (const out of node.outs) {
        const here = scratch.at(project, out.absolute);
        const result = await compareOutput(project, node, out, {
          base,
          copy,
          here,
          tolerance: options.tolerance,
        });
        outputs.push({ stage: node.address, path: project.show(out.absolute), ...result });
      }
    }
    const lockDiffers =
      committed !== undefined &&
      plan.some((node) => lockText(project, node) !== lockText(base.project, moved(base, project, node)));
    return {
      lock: committed === undefined ? "workspace" : "HEAD",
      lockDiffers,
      inputs,
      outputs,
      ...(options.keep ? { scratch: scratch.folder } : {}),
    };
  } finally {
    if (options.keep) scratch?.keep();
    else scratch?.remove();
    revisions.close();
  }
}

/** HEAD, where its dvc.lock knows one of the stages. */
function committedOf(
  project: Project,
  plan: readonly StageNode[],
  revisions: Revisions,
): Revision | undefined {
  if (!revisions.hasCommits()) return undefined;
  const head = revisions.open("HEAD");
  return plan.some((node) => node.kind === "stage" && lockOf(head, project, node).exists) ? head : undefined;
}

/** The same stage, where the revision has its files. */
function moved(base: Revision, project: Project, node: StageNode): StageNode {
  return { ...node, file: pathIn(base, project, node.file) };
}

function pathIn(base: Revision, project: Project, path: string): string {
  return join(base.project.root, relative(project.root, path));
}

function lockOf(base: Revision, project: Project, node: StageNode) {
  return base.project.lock(moved(base, project, node));
}

function lockText(project: Project, node: StageNode): string {
  if (node.kind === "data") return "";
  const lock = project.lock(node);
  return lock.exists ? lock.text() : "";
}

/** Files and folders that the graph reads and does not make, where they are not what the lock was made with. */
async function changedInputs(
  project: Project,
  plan: readonly StageNode[],
  base: Revision,
  graph: Graph,
): Promise<Verification["inputs"]> {
  const found = new Map<string, Verification["inputs"][number]>();
  for (const node of plan) {
    if (node.kind === "data" || node.frozen) continue;
    const entry = lockOf(base, project, node).entry(node.name);
    const made = graph
      .allProducersOf(node)
      .flatMap((each) => (each.kind === "stage" ? each.outs.map((out) => out.absolute) : []));
    for (const dep of node.deps) {
      if (
        made.some(
          (out) =>
            out === dep.absolute || out.startsWith(`${dep.absolute}/`) || dep.absolute.startsWith(`${out}/`),
        )
      )
        continue;
      const recorded = recordedIn(entry, "deps", dep.path)?.md5;
      const present = await project.hasher.hash(dep.absolute);
      if (present === undefined || present.md5 === recorded) continue;
      const path = project.show(dep.absolute);
      if (!found.has(path))
        found.set(path, {
          stage: node.address,
          path,
          state: recorded === undefined ? "not recorded" : "different",
        });
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.path, b.path));
}

interface Places {
  readonly base: Revision;
  readonly copy: Project;
  /** The output in the scratch folder. */
  readonly here: string;
  readonly tolerance: number;
}

async function compareOutput(
  project: Project,
  node: StageNode,
  out: Output,
  places: Places,
): Promise<Comparison> {
  const { base, copy, here, tolerance } = places;
  const recorded = recordedIn(lockOf(base, project, node).entry(node.name), "outs", out.path)?.md5;
  if (recorded === undefined) return different("the committed dvc.lock does not know it");
  const now = await copy.hasher.hash(here);
  if (now === undefined) return different("it was not made");
  if (now.md5 === recorded) return EQUAL;
  const committed = await contentOf(project, out, recorded, base);
  if (committed === undefined)
    return different(
      "its committed content is neither in Git nor in the cache, so numbers cannot be compared",
    );
  if (now.files === undefined) {
    const old = committed("");
    return old === undefined ? different("it was a folder") : compareFiles(old, here, out.path, tolerance);
  }
  const names = committed.names;
  let result = EQUAL;
  const mine = now.files.map(({ relpath }) => relpath);
  for (const name of [...new Set([...names, ...mine])].sort(compareText)) {
    const old = committed(name);
    const one =
      old === undefined
        ? different(`${name} is new`)
        : mine.includes(name)
          ? await compareFiles(old, join(here, name), name, tolerance)
          : different(`${name} was not made`);
    const named =
      one.detail === undefined || old === undefined || !mine.includes(name)
        ? one
        : { ...one, detail: `${name}: ${one.detail}` };
    result = worst(result, named);
  }
  return result;
}

type Content = ((name: string) => string | undefined) & { readonly names: readonly string[] };

/** The files of an output as they were committed, by their path in it ("" for the output itself). */
async function contentOf(
  project: Project,
  out: Output,
  recorded: string,
  base: Revision,
): Promise<Content | undefined> {
  const inWorkspace = await project.hasher.hash(out.absolute);
  if (inWorkspace?.md5 === recorded) {
    const names = (inWorkspace.files ?? []).map(({ relpath }) => relpath);
    const find = (name: string): string | undefined =>
      inWorkspace.files === undefined
        ? name === ""
          ? out.absolute
          : undefined
        : names.includes(name)
          ? join(out.absolute, name)
          : undefined;
    return Object.assign(find, { names });
  }
  if (project.cache.hasAll(recorded)) {
    const tree = recorded.endsWith(".dir") ? project.cache.tree(recorded) : undefined;
    const find = (name: string): string | undefined => {
      if (tree === undefined) return name === "" ? project.cache.path(recorded) : undefined;
      const md5 = tree.find(({ relpath }) => relpath === name)?.md5;
      return md5 === undefined ? undefined : project.cache.path(md5);
    };
    return Object.assign(find, { names: (tree ?? []).map(({ relpath }) => relpath) });
  }
  const path = pathIn(base, project, out.absolute);
  const file = base.locate(path);
  if (base.name === WORKSPACE) return undefined;
  if (file !== undefined && existsSync(file))
    return Object.assign((name: string) => (name === "" ? file : undefined), { names: [] });
  const files = base.files(path);
  if (files === undefined) return undefined;
  const find = (name: string): string | undefined =>
    name === "" ? undefined : base.locate(join(path, name));
  return Object.assign(find, { names: files.map((each) => relative(path, each)) });
}
