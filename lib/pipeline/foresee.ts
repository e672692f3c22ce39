import { changesOf } from "./changes.js";
import { GraphError } from "./errors.js";
import type { Graph } from "./graph.js";
import type { LockEntry } from "./lock.js";
import { isCallback, type StageNode } from "./node.js";
import { ParamFiles } from "./paramValues.js";
import type { Project } from "./project.js";
import type { ReproOptions } from "./repro.js";
import { earlierRun, entryBefore, isInCache, isKept } from "./save.js";

/** What becomes of a stage: it is left as it is, its command runs, or something else, which shows when it is its turn. */
type Fate = "stays" | "runs" | "open";

type Looked = Pick<ReproOptions, "force" | "pull" | "runCache" | "allowMissing">;

/**
 * Which stages will run their command, as far as that can be known before anything does: those that have changed and
 * have no earlier run to be restored from, and what needs their outputs. Nothing is said of stages that need what is
 * restored or imported first.
 * @param asked the stages that it is about
 * @param plan all stages of the run
 */
export async function stagesToRun(
  asked: readonly StageNode[],
  plan: readonly StageNode[],
  graph: Graph | undefined,
  options: Looked,
  project: Project,
): Promise<StageNode[]> {
  const params = new ParamFiles(project.yaml.read);
  const planned = new Set(plan);
  const fates = new Map<StageNode, Fate>();

  const fateOf = async (node: StageNode): Promise<Fate> => {
    const fate = fates.get(node) ?? (await foresee(node));
    fates.set(node, fate);
    return fate;
  };

  async function foresee(node: StageNode): Promise<Fate> {
    // The content of data is compared by those who need it.
    if (node.kind === "data") return node.import === undefined ? "stays" : "open";
    if (node.frozen) return "stays";
    if (options.force) return "runs";
    let inputs: Fate = "stays";
    for (const producer of graph?.producersOf(node) ?? []) {
      if (!planned.has(producer)) continue;
      const fate = await fateOf(producer);
      // What runs every time has the same outputs most times.
      if (fate === "runs" && !runsAlways(producer)) return "runs";
      if (fate !== "stays") inputs = "open";
    }
    return inputs === "stays" ? own(node) : inputs;
  }

  /** The fate of a stage whose inputs are what they will be. */
  async function own(node: StageNode): Promise<Fate> {
    const look = { project, params, firstOnly: true };
    const changes = await changesOf(node, { ...look, allowMissing: options.allowMissing });
    if (changes.length === 0) return "stays";
    if (options.pull && (await changesOf(node, { ...look, allowMissing: true })).length === 0) return "open";
    if (!options.runCache || !isKept(node, project)) return "runs";
    try {
      const before = await entryBefore(node, project, params);
      const isThere = (kept: LockEntry): boolean => options.pull || isInCache(node, kept, project);
      return earlierRun(node, before, project, isThere) === undefined ? "runs" : "open";
    } catch (cause) {
      if (cause instanceof GraphError) return "open"; // A dependency is missing: the stage says so.
      throw cause;
    }
  }

  const found: StageNode[] = [];
  for (const node of asked) if ((await fateOf(node)) === "runs") found.push(node);
  return found;
}

function runsAlways(node: StageNode): boolean {
  return node.alwaysChanged || isCallback(node);
}
