import type { Stage } from "../pipeline/stage.js";

/** The stages by name; each module is loaded only when its stage runs. */
const stages: Readonly<Record<string, () => Promise<Stage>>> = {
  ingest: async () => (await import("../pipeline/stages/ingest.js")).ingest,
  split: async () => (await import("../pipeline/stages/split.js")).split,
  features: async () => (await import("../pipeline/stages/features.js")).features,
  train: async () => (await import("../pipeline/stages/train.js")).train,
  eval: async () => (await import("../pipeline/stages/eval.js")).evaluate,
  paired: async () => (await import("../pipeline/stages/paired.js")).paired,
  explain: async () => (await import("../pipeline/stages/explain.js")).explain,
  cluster: async () => (await import("../pipeline/stages/cluster.js")).cluster,
  cross: async () => (await import("../pipeline/stages/cross.js")).cross,
  leaks: async () => (await import("../pipeline/stages/leaks.js")).leaks,
  report: async () => (await import("../pipeline/stages/report.js")).report,
  notebook: async () => (await import("../notebook/stage.js")).notebook,
};

export const stageNames: readonly string[] = Object.keys(stages);

/** The stage called `name`, or undefined. */
export async function loadStage(name: string): Promise<Stage | undefined> {
  return Object.hasOwn(stages, name) ? stages[name]() : undefined;
}
