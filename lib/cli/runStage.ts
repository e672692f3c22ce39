import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { peakMiB, stopwatch } from "../base/cost.js";
import { UsageError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { diskIo } from "../pipeline/diskIo.js";
import { readParams } from "../pipeline/params.js";
import type { Command } from "./command.js";
import { loadStage, stageNames } from "./stages.js";

export const command: Command = {
  summary: "run one stage (what the commands in dvc.yaml call)",
  help: `Usage: nidslab run-stage NAME [KEY]

Runs one stage on the files of this project, without asking whether it is needed.
NAME is ${stageNames.join(", ")}; KEY is what stands after "@" in dvc.yaml.

Example:
  nidslab run-stage train site-boosting`,
  async run(args) {
    const [name, key = ""] = args;
    if (name === undefined)
      throw new UsageError(`run-stage: the name of a stage is missing (${stageNames.join(", ")}).`);
    if (args.length > 2)
      throw new UsageError(`run-stage: too many arguments. Usage: nidslab run-stage NAME [KEY]`);
    const stage = await loadStage(name);
    if (stage === undefined) {
      throw new UsageError(
        `run-stage: no stage "${name}" (has: ${stageNames.join(", ")}).${didYouMean(name, stageNames)}`,
      );
    }
    const root = process.cwd();
    const params = readParams(join(root, "params.yaml"));
    const elapsed = stopwatch();
    await stage.run(params, diskIo(root, key));
    writeDuration(root, key === "" ? name : `${name}@${key}`, elapsed().seconds);
    return 0;
  },
};

/** Durations stay out of the outputs: they go to runs/cost/stages, which is not tracked. */
function writeDuration(root: string, stage: string, seconds: number): void {
  const folder = join(root, "runs", "cost", "stages");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `${stage.replaceAll("@", "-")}.json`),
    `${JSON.stringify({ stage, seconds: Math.round(seconds * 1000) / 1000, peak_mib: peakMiB() })}\n`,
  );
}
