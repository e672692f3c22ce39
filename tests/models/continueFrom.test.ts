import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { modelParams } from "#lib/models/registry.js";
import type { ModelInfo } from "#lib/onnx/savedModel.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import type { Params } from "#lib/pipeline/params.js";
import type { StageIo } from "#lib/pipeline/stage.js";
import { train } from "#lib/pipeline/stages/train.js";
import { temporaryFolder } from "../temporary.js";
import { writeMadeSplit } from "./madeSplit.js";

const folder = temporaryFolder();
const log: string[] = [];
const io = (key: string): StageIo => ({ ...diskIo(folder.path, key), log: (line) => void log.push(line) });
const at = (path: string): string => `${folder.path}/${path}`;

const writeSplit = (seed: number, families?: readonly string[], proto?: readonly string[]): Promise<void> =>
  writeMadeSplit(io(""), seed, { families, proto });

/** Train an entry under the name "boosting" and return its model.json. */
async function trained(entry: object, target = "binary"): Promise<ModelInfo> {
  const boosting = modelParams.parse({ type: "gradient-boosting", early_stopping: null, ...entry });
  const params = {
    ...{ seed: 42, task: { target }, models: { boosting }, threads: 1 },
    ...{ decision: { rule: "half" } },
  } as unknown as Params;
  await train.run(params, io("site-boosting"));
  return io("").readJson("artifacts/models/site/boosting/model.json");
}

const keep = (as: string): void => cpSync(at("artifacts/models/site/boosting"), at(as), { recursive: true });

describe("continue_from", () => {
  beforeAll(async () => {
    await writeSplit(5);
    await trained({ trees: 20 });
    keep("models/twenty");
  });

  it("on the same rows gives the bytes that all rounds in one go give", async () => {
    const whole = await trained({ trees: 30, subsample: 0.8 });
    await trained({ trees: 20, subsample: 0.8 });
    keep("models/part");
    const both = await trained({ trees: 10, subsample: 0.8, continue_from: "models/part" });
    expect(both.onnx_sha256).toBe(whole.onnx_sha256);
    expect(both.state_sha256).toBe(whole.state_sha256);
    expect(both.summary).toMatchObject({ rounds_before: 20, rounds: 30, rounds_kept: 30 });
    expect(both.continued_from).toMatchObject({ folder: "models/part", split: "site", name: "boosting" });
    expect(log.at(-2) ?? "").toMatch(/state\.json has the SHA-256 [0-9a-f]{64}; .* pins it/);
    const history = readFileSync(at("artifacts/models/site/boosting/history.csv"), "utf8");
    expect(history.split("\n")[1]).toMatch(/^21,/);
  });

  it("takes the preprocessing along to other rows: levels, ranks and what was fitted", async () => {
    await trained({ trees: 5, view: "scaled" });
    keep("models/scaled");
    await writeSplit(6, undefined, ["icmp", "tcp", "udp"]);
    const more = await trained({ trees: 3, view: "scaled", continue_from: "models/scaled" });
    expect(more.columns.find(({ name }) => name === "proto")?.levels).toEqual(["tcp", "udp"]);
    expect(more.summary).toMatchObject({ rounds: 8 });
    await writeSplit(5);
  });

  it("keeps the earlier rounds alone when none of the new ones helps on validation rows", async () => {
    // It stopped because the next rounds did not help; they are the ones that come now.
    const best = await trained({ trees: 200, learning_rate: 1, early_stopping: 5 });
    const kept = Number(best.summary.rounds_kept);
    expect(best.summary.rounds).toBe(kept + 5);
    keep("models/fitted");
    const model = await trained({
      ...{ trees: 9, learning_rate: 1, early_stopping: 2, continue_from: "models/fitted" },
    });
    expect(model.summary).toMatchObject({ rounds_before: kept, rounds_kept: kept, rounds: kept + 2 });
    expect(model.onnx_sha256).toBe(best.onnx_sha256);
    expect(model.summary.train_loss).toBeCloseTo(Number(best.summary.train_loss), 12);
  });

  describe("refuses", () => {
    const refused = async (entry: object, target?: string): Promise<string> => {
      const error = await trained({ trees: 2, ...entry }, target).catch((each: unknown) => each);
      return `${(error as Error).name}: ${(error as Error).message}`;
    };

    it("what is no folder with a state", async () => {
      expect(await refused({ continue_from: "models/none" })).toMatch(
        /DataError: .*models\/none is not there/,
      );
      io("").writeJson("models/old/model.json", {});
      expect(await refused({ continue_from: "models/old" })).toMatch(/models\/old has no state\.json/);
    });

    it("what the graph writes, and absolute paths", async () => {
      expect(await refused({ continue_from: "artifacts/models/site/boosting" })).toMatch(
        /ParamsError.*graph/,
      );
      expect(await refused({ continue_from: at("models/twenty") })).toMatch(/ParamsError.*absolute/);
    });

    it("another state than the pinned one, and a damaged one", async () => {
      const { state_sha256 } = io("").readJson<ModelInfo>("models/twenty/model.json");
      const pin = { folder: "models/twenty", sha256: "0".repeat(64) };
      expect(await refused({ continue_from: pin })).toMatch(/ParamsError: .*another model/);
      expect(
        (await trained({ trees: 2, continue_from: { ...pin, sha256: state_sha256 } })).summary.rounds,
      ).toBe(22);
      keep("models/damaged");
      const text = readFileSync(at("models/damaged/state.json"), "utf8");
      writeFileSync(at("models/damaged/state.json"), text.replace("tcp", "tpc"));
      expect(await refused({ continue_from: "models/damaged" })).toMatch(/FormatError: .*changed or damaged/);
    });

    it("other columns, another view, other classes and directions, by name", async () => {
      const before = io("").readJson<{ columns: { name: string }[] }>("artifacts/features/site/schema.json");
      io("").writeJson("artifacts/features/site/schema.json", {
        ...before,
        columns: before.columns.filter(({ name }) => name !== "resp_bytes"),
      });
      const from = { continue_from: "models/twenty" };
      expect(await refused(from)).toMatch(/SchemaError: .*missing now: resp_bytes/);
      io("").writeJson("artifacts/features/site/schema.json", before);
      expect(await refused({ ...from, view: "scaled" })).toMatch(/SchemaError: .*view "raw"/);
      expect(await refused(from, "family")).toMatch(/DataError: .*benign, attack apart.*benign, dos/);
      expect(await refused({ ...from, monotone: { resp_bytes: 1 } })).toMatch(/ParamsError.*for resp_bytes/);
    });

    it("another type, and types that cannot go on", async () => {
      const info = io("").readJson<object>("models/twenty/model.json");
      const { hashBytes } = await import("#lib/base/hash.js");
      const state = readFileSync(at("models/twenty/state.json"), "utf8").replace("gradient-boosting", "sgd");
      io("").writeText("models/other/state.json", state);
      io("").writeJson("models/other/model.json", { ...info, state_sha256: hashBytes(state) });
      expect(await refused({ continue_from: "models/other" })).toMatch(/of the type sgd, this one of/);
      const entry = { type: "random-forest", continue_from: "models/twenty" };
      expect(modelParams.safeParse(entry).error?.issues[0].message).toMatch(
        /random-forest cannot go on from an earlier model \(can: .*gradient-boosting/,
      );
    });
  });
});
