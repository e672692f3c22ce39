import type { Stage } from "../stage.js";

/** The stages by name; each module is loaded only when its stage runs. */
const stages: Readonly<Record<string, () => Promise<Stage>>> = {
  ingest: async () => (await import("./ingest.js")).ingest,
  split: async () => (await import("./split.js")).split,
  features: async () => (await import("./features.js")).features,
  train: async () => (await import("./train.js")).train,
  eval: async () => (await import("./eval.js")).evaluate,
  report: async () => (await import("./report.js")).report,
  notebook: async () => (await import("./notebook.js")).notebook,
};

export const stageNames: readonly string[] = Object.keys(stages);

/** The stage called `name`, or undefined. */
export async function loadStage(name: string): Promise<Stage | undefined> {
  return Object.hasOwn(stages, name) ? stages[name]() : undefined;
}
