import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Metrics } from "#lib/eval/result.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import { parseParams } from "#lib/pipeline/params.js";
import { evaluate } from "#lib/pipeline/stages/eval.js";
import { features } from "#lib/pipeline/stages/features.js";
import { ingest } from "#lib/pipeline/stages/ingest.js";
import { split } from "#lib/pipeline/stages/split.js";
import { train } from "#lib/pipeline/stages/train.js";
import { temporaryFolder } from "../temporary.js";
import { whySkipped } from "./skip.js";

/** The published bars on the testbed, with the committed params.yaml, through the stages that `repro` runs. */
const skipped = whySkipped("data/testbed");
describe.skipIf(skipped !== undefined)(
  skipped === undefined ? "bars on the testbed" : `bars on the testbed (skipped: ${skipped})`,
  () => {
    const folder = temporaryFolder();
    folder.write("package-lock.json", readFileSync("package-lock.json", "utf8"));
    const content = parse(readFileSync("params.yaml", "utf8"));
    content.dataset.path = resolve("data/testbed");
    content.eval.bootstrap.resamples = 0;
    const params = parseParams(content);
    const io = (key: string) => ({ ...diskIo(folder.path, key), log: () => undefined });
    let ready: Promise<void> | undefined;

    async function boosting(name: string): Promise<Metrics> {
      ready ??= ingest.run(params, io(""));
      await ready;
      await split.run(params, io(name));
      await features.run(params, io(name));
      await train.run(params, io(`${name}-boosting`));
      await evaluate.run(params, io(`${name}-boosting`));
      return io("").readJson<Metrics>(`reports/metrics/${name}/boosting.json`);
    }

    it("site A to B: macro-F1 ≥ .78 at .5 and ROC-AUC ≥ .90, without addresses and ports", async () => {
      const { test } = await boosting("site");
      expect(test.at_half.macro_f1).toBeGreaterThanOrEqual(0.78);
      expect(test.roc_auc).toBeGreaterThanOrEqual(0.9);
      const model = io("").readJson<{ columns: { name: string }[] }>(
        "artifacts/models/site/boosting/model.json",
      );
      expect(
        model.columns.map(({ name }) => name).filter((name) => /addr|port|uid|start_us|host/.test(name)),
      ).toEqual([]);
    });

    it("stratified: macro-F1 ≥ .965 at .5", async () => {
      expect((await boosting("random")).test.at_half.macro_f1).toBeGreaterThanOrEqual(0.965);
    });
  },
);
