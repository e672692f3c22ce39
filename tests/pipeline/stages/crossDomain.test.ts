import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { ingest } from "#lib/dataset/ingest.js";
import { readFlows } from "#lib/dataset/readFlows.js";
import { modelParams } from "#lib/models/registry.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import type { Params } from "#lib/pipeline/params.js";
import type { StageIo } from "#lib/pipeline/stage.js";
import { features } from "#lib/pipeline/stages/features.js";
import { train } from "#lib/pipeline/stages/train.js";
import { Detector } from "#lib/serve/detector.js";
import { splitFlows } from "#lib/split/split.js";
import { csvFile, headers } from "../../dataset/cic/headers.js";
import { temporaryFolder } from "../../temporary.js";
import { labelledLog } from "../../zeekLog.js";

const folder = temporaryFolder();
const params = {
  seed: 42,
  task: { target: "binary" },
  features: { derived: ["shares", "rates", "history"], columns: "flow", context: null },
  views: {
    raw: [],
    scaled: [
      { impute: "median", indicator: true },
      { log1p: "all" },
      { "one-hot": { unknown: "other" } },
      { scale: "standard" },
    ],
  },
  models: {
    forest: modelParams.parse({ type: "random-forest", trees: 10 }),
    boosting: modelParams.parse({ type: "gradient-boosting", trees: 10, profile: "oracle" }),
    logistic: modelParams.parse({ type: "logistic", l2: 1, view: "scaled" }),
  },
  decision: { rule: "max-f1" },
  threads: 1,
} as unknown as Params;

/** Flows of 2017 whose attacks send much. */
function rows(count: number): Record<string, string | number>[] {
  const rng = Rng.root(3);
  return Array.from({ length: count }, (_, i) => {
    const bytes = (i % 2) * 5000 + rng.integer(900);
    return {
      ...{ "Flow Duration": 1e6 + rng.integer(1e6), "Total Fwd Packets": 1 + rng.integer(9) },
      ...{
        "Total Backward Packets": rng.integer(9),
        "Total Length of Fwd Packets": bytes,
        "Flow Bytes/s": bytes,
      },
      ...{ "Destination Port": 80, Label: i % 2 === 0 ? "BENIGN" : "DoS Hulk" },
    };
  });
}

describe("a model of CIC-IDS-2017 on the columns of the flow record", () => {
  it("scores a Zeek log as it is: what 2017 lacks was missing in training, too", async () => {
    const io = (key: string): StageIo => ({ ...diskIo(`${folder.path}/project`, key), log: () => undefined });
    const path = folder.write("wednesday.csv", csvFile(headers["2017"], rows(400)));
    const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
    const { table: flows } = await ingest({ path, files: null, dialect: "auto", rows: null }, policy, 42);
    const { table: split } = splitFlows(
      flows,
      { recipe: "stratified", test: 0.3, validation: 0.2 },
      Rng.root(1),
    );
    await io("").writeTable("artifacts/flows.parquet", flows);
    await io("").writeTable("artifacts/splits/random.parquet", split);
    io("").writeJson("package-lock.json", {
      version: "1",
      packages: {
        "node_modules/onnxruntime-node": { version: "1" },
        "node_modules/ml-random-forest": { version: "2" },
      },
    });
    await features.run(params, io("random"));
    const log = folder.write(
      "conn.log.labeled",
      labelledLog([
        ["Benign", "-", { orig_bytes: "100", duration: "1.5", orig_pkts: "4", resp_pkts: "4" }],
        ["Malicious", "DoS", { orig_bytes: "5400", duration: "1.5", orig_pkts: "4", resp_pkts: "4" }],
      ]),
    );
    const zeek = await readFlows(log);
    for (const model of Object.keys(params.models)) {
      await train.run(params, io(`random-${model}`));
      const detector = await Detector.open(io("").path(`artifacts/models/random/${model}`), 1);
      expect(detector.info.column_set).toBe("flow");
      const { decisions, filled } = await detector.detect(zeek.table, { absent: zeek.absent });
      await detector.close();
      expect([model, filled, [...decisions.numbers("decision")]]).toEqual([model, [], [0, 1]]);
    }
  });
});
