import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SmallProject } from "./project.js";

let one: SmallProject;
let other: SmallProject;
// Two whole graphs on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 });

const made = ["artifacts", "reports", "dvc.lock"];

beforeAll(async () => {
  one = new SmallProject("one");
  other = new SmallProject("another place, with blanks");
});
afterAll(() => {
  one.remove();
  other.remove();
});

/** The number of threads is a parameter: it is recorded in the lock, and nowhere else. */
function lockWithoutThreads(project: SmallProject): string {
  return project.read("dvc.lock").replace(/^ +threads: \d+\n/gm, "");
}

describe("the same bytes again", () => {
  it("comes from another folder, time zone, locale, number of threads and of jobs", () => {
    other.setParams((params) => {
      params.threads = 1;
    });
    const first = one.with({ TZ: "UTC", LC_ALL: "C" }, "repro", "-j", "2");
    expect([first.code, first.err]).toEqual([0, expect.stringContaining("reports/report.html")]);
    const env = { TZ: "Pacific/Auckland", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" };
    expect(other.with(env, "repro", "-j", "1").code).toBe(0);
    const found = one.hashes("artifacts", "reports");
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining([
        "artifacts/flows.parquet",
        "artifacts/models/site/boosting/model.onnx",
        "artifacts/eval/site/boosting/predictions.parquet",
        "reports/metrics/site/boosting.json",
        "reports/figures/roc-site.svg",
        "reports/report.html",
      ]),
    );
    expect(other.hashes("artifacts", "reports")).toEqual(found);
    expect(lockWithoutThreads(other)).toBe(lockWithoutThreads(one));
    // The champion that the report chose is what predict takes.
    const champion = JSON.parse(one.read("reports/best.json"));
    const { err } = one.nidslab("predict", "--in", "data/testbed/site-b", "--out", "all.csv");
    expect(err).toContain(`predict: ${champion.split}/${champion.model} (`);
  });

  it("comes from a run that was interrupted in training, and then finished", async () => {
    const before = one.hashes(...made);
    // Minutes of training: it does not end by itself before the signal comes.
    one.setParams((params) => {
      params.models.boosting = { type: "gradient-boosting", trees: 10000, depth: 10, early_stopping: null };
    });
    const run = one.start("repro", "train@site-boosting");
    await text(run.stderr, "train site/boosting: ");
    const training = childrenOf(run.pid as number);
    expect(training.length).toBeGreaterThan(0);
    process.kill(-(run.pid as number), "SIGINT");
    const [code] = await once(run, "exit");
    expect(code).toBe(252);
    expect(training.filter(isRunning)).toEqual([]);
    expect(one.hashes(...made)).toEqual(before);
    expect(existsSync(one.path(".nidslab/lock"))).toBe(false);
    one.setParams(() => undefined);
    expect(one.nidslab("repro").out).not.toContain("Running stage");
    const again = one.nidslab("repro", "-f", "-s", "train@site-boosting");
    expect([again.code, again.out]).toEqual([0, expect.stringContaining("Running stage")]);
    expect(one.hashes(...made)).toEqual(before);
  });
});

describe("a second repro", () => {
  it("is told to wait, and changes nothing for the first one", async () => {
    one.setParams(() => undefined);
    const settings = one.read("params.yaml");
    const run = one.start("repro", "-f", "-s", "split@site");
    await text(run.stdout, "Running stage");
    process.kill(run.pid as number, "SIGSTOP");
    const second = one.nidslab("repro", "-S", "seed=7");
    expect(second.code).toBe(255);
    expect(second.err).toContain(
      `ERROR: Unable to acquire lock. Most likely another nidslab process is running (PID ${run.pid}).`,
    );
    expect(one.read("params.yaml")).toBe(settings);
    process.kill(run.pid as number, "SIGCONT");
    const [code] = await once(run, "exit");
    expect(code).toBe(0);
    expect(existsSync(one.path(".nidslab/lock"))).toBe(false);
  });
});

/** Wait until a stream has said it. */
async function text(stream: NodeJS.ReadableStream | null, expected: string): Promise<void> {
  let seen = "";
  await new Promise<void>((resolve, reject) => {
    stream?.on("data", (chunk) => {
      seen += chunk;
      if (seen.includes(expected)) resolve();
    });
    stream?.on("end", () => reject(new Error(`ended without "${expected}": ${seen}`)));
  });
}

/** All processes below one, as Linux lists them. */
function childrenOf(pid: number): number[] {
  const parents = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const direct = parents.map(Number).filter((each) => parentOf(each) === pid);
  return direct.flatMap((child) => [child, ...childrenOf(child)]);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return undefined; // It has ended.
  }
}

/** Neither gone nor a zombie that nobody has waited for. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
