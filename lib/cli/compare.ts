import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../base/errors.js";
import { prettyJson } from "../base/json.js";
import { unitNames } from "../eval/units.js";
import { compareVersions } from "../pipeline/compare/compare.js";
import { openVersion } from "../pipeline/compare/version.js";
import { Project } from "../pipeline/project.js";
import { Revisions } from "../pipeline/reporting/revision.js";
import type { Command } from "./command.js";
import { comparisonText } from "./comparisonText.js";

const help = `Usage: nidslab compare A B [options]

Compares two versions: parameters, data, and every model that both have, on the same test rows: metrics side by side
with the paired difference, its 95% interval and p-value, and the rows whose decision flipped, by family.

A, B: a model folder (artifacts/models/<split>/<model>), a run (a name under runs/), a Git revision or an experiment,
or workspace, the files as they are. Predictions come from artifacts/ or, of runs and revisions, from the DVC cache.

  --model NAME       only this model; --split NAME  only this split
  --resamples N      of the paired bootstrap (default 1000; 0: no intervals)
  --unit UNIT        what it draws: flow (default), host, day, campaign
  --json             as JSON, with the ids of the rows that flipped
  --cd FOLDER        as if called in FOLDER

Examples:
  nidslab compare HEAD workspace
  nidslab compare artifacts/models/site/forest artifacts/models/site/boosting`;

export const command: Command = {
  summary: "compare two runs, revisions or models: parameters, data, paired differences, rows that flipped",
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        model: { type: "string" },
        split: { type: "string" },
        resamples: { type: "string", default: "1000" },
        unit: { type: "string", default: "flow" },
        json: { type: "boolean", default: false },
        cd: { type: "string", default: "." },
      },
    });
    const [a, b, extra] = positionals;
    if (a === undefined || b === undefined || extra !== undefined)
      throw new UsageError(
        `compare: expected A and B, found ${positionals.length} names. See nidslab compare --help.`,
      );
    const resamples = Number(values.resamples);
    if (!Number.isInteger(resamples) || resamples < 0 || resamples > 100_000)
      throw new UsageError(
        `compare: --resamples: a whole number from 0 to 100000 was expected, found ${values.resamples}.`,
      );
    const unit = unitNames.find((name) => name === values.unit);
    if (unit === undefined)
      throw new UsageError(`compare: --unit: expected one of ${unitNames.join(", ")}, found ${values.unit}.`);
    const project = Project.open(resolve(values.cd), (line) => process.stderr.write(`${line}\n`));
    const revisions = new Revisions(project);
    try {
      const versions = [openVersion(a, project, revisions), openVersion(b, project, revisions)] as const;
      const only = { split: values.split, model: values.model };
      const found = await compareVersions(...versions, { resamples, unit, workers: 2, only });
      process.stdout.write(values.json ? prettyJson(found) : comparisonText(found, unit));
    } finally {
      revisions.close();
    }
    return 0;
  },
};
