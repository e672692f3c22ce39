import { afterAll, describe, expect, it } from "vitest";
import { KillBench, type Start } from "./kills.js";

/** A few of the points; .ci/run kills at many more of them (kills.interop.test.ts). */
describe.each<Start>(["fresh", "rerun"])("a run that is killed (%s)", (start) => {
  const bench = new KillBench(start);
  afterAll(() => bench.remove());

  it.each([0.1, 0.3, 0.5, 0.7, 0.9])("at %f of its writes is finished by the next one", (share) => {
    const point = Math.max(1, Math.round(share * bench.points));
    expect(bench.kill(point, point % 2 === 0)).toEqual([]);
  });
});
