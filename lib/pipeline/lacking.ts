import { stagesToRun } from "./foresee.js";
import type { Graph } from "./graph.js";
import type { StageNode } from "./node.js";
import type { Project } from "./project.js";
import type { ReproOptions } from "./repro.js";

/** Stages that are named before the rest is counted. */
const NAMED = 4;

/**
 * One line for a run whose stages will fail as engines are missing, which is better known before others have trained for
 * minutes: what is missing, what for, what to do. Undefined where nothing is, or where the run goes on after failures.
 */
export async function lackOf(
  plan: readonly StageNode[],
  graph: Graph | undefined,
  project: Project,
  options: ReproOptions,
): Promise<string | undefined> {
  const { lacking, keepGoing, ignoreErrors, pull } = options;
  if (lacking === undefined || keepGoing || ignoreErrors) return undefined;
  const without = plan.filter((node) => lacking(node).length > 0);
  if (without.length === 0) return undefined;
  const stages = await stagesToRun(without, plan, graph, options, project);
  if (stages.length === 0) return undefined;
  const engines = [...new Set(stages.flatMap(lacking))];
  const [are, them] = engines.length > 1 ? ["are", "them"] : ["is", "it"];
  const names = stages.slice(0, NAMED).map(({ address }) => address);
  if (stages.length > NAMED) names.push(`${stages.length - NAMED} more stages`);
  return (
    `engines: ${listed(engines)} ${are} not added, and ${listed(names)} ${names.length > 1 ? "need" : "needs"} ${them}. ` +
    `Nothing was run. Add ${them}: nidslab engines add ${engines.join(" ")}; or run the rest: -k` +
    `${pull ? "" : "; or restore what is recorded: --pull"}`
  );
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
