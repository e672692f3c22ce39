import { describe, expect, it } from "vitest";
import { Tally } from "#lib/base/tally.js";
import { scanCsv } from "#lib/table/csv/plan.js";
import { ThreadTeam } from "#lib/table/threads.js";
import { temporaryFolder } from "../temporary.js";
import { planOf, scanned } from "./csv/scanned.js";

const folder = temporaryFolder();
const plan = planOf({ n: "number", t: "text" });
const rowsOf = (from: number): string =>
  Array.from({ length: 3000 }, (_, i) => `${from + i},t${(from + i) % 7}\n`).join("");
const options = { blockBytes: 2000, workers: 2 };

describe("ThreadTeam", () => {
  it("gives its members the same threads, and ends them when the last one leaves", async () => {
    const one = ThreadTeam.join();
    const other = ThreadTeam.join();
    const [first, second] = one.threads(2);
    expect(other.threads(1)).toEqual([first]);
    await one.leave();
    await one.leave();
    expect([first.failed, second.failed]).toEqual([false, false]);
    const group = [{ type: "float64" as const, name: "x", values: Float64Array.of(1, 2) }];
    const next = new Int32Array(new SharedArrayBuffer(4));
    const answer = first.ask<{ chunks: unknown[] }>({ kind: "encode", group, next });
    expect((await answer).chunks).toHaveLength(1);
    const unanswered = first.ask({ kind: "end", scan: -1 });
    const settled = expect(unanswered).rejects.toThrow("a thread ended before its work was done");
    await other.leave();
    await settled;
    expect([first.failed, second.failed]).toEqual([true, true]);
  });
  it("replaces a thread that has failed, and tells who waited for it", async () => {
    const team = ThreadTeam.join();
    const [thread] = team.threads(1);
    await expect(thread.ask({ kind: "parse", scan: -1, id: 0, length: 0 })).rejects.toThrow();
    const [fresh] = team.threads(1);
    expect([thread.failed, fresh.failed]).toEqual([true, false]);
    await team.leave();
  });
  it("keeps the memory of blocks for the next file, while somebody stays", async () => {
    const team = ThreadTeam.join();
    const first = await scanned(folder.write("first.csv", `n,t\n${rowsOf(0)}`), plan, options);
    const spare = [...team.spare];
    expect(spare.length).toBeGreaterThan(0);
    const second = await scanned(folder.write("second.csv", `n,t\n${rowsOf(5000)}`), plan, options);
    expect(new Set(team.spare)).toEqual(new Set(spare));
    expect([first, second].map(({ rows }) => [rows[0], rows[2999], rows.length])).toEqual([
      [{ n: 0, t: "t0" }, { n: 2999, t: "t3" }, 3000],
      [{ n: 5000, t: "t2" }, { n: 7999, t: "t5" }, 3000],
    ]);
    await team.leave();
    expect(team.spare).toEqual([]);
  });
  it("does not give away memory that a thread may still write to", async () => {
    const team = ThreadTeam.join();
    const path = folder.write("left.csv", `n,t\n${rowsOf(0)}`);
    const counts = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
    for await (const { table } of scanCsv(path, plan, counts, options)) {
      expect(table.rows).toBeGreaterThan(0);
      break;
    }
    expect(team.spare).toEqual([]);
    const { rows } = await scanned(path, plan, options);
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 3000 }, (_, i) => i));
    await team.leave();
  });
});
