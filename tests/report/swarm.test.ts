import { describe, expect, it } from "vitest";
import { swarm, swarms } from "#lib/report/swarm.js";

describe("swarm", () => {
  it("stacks near points alternately above and below, in their order, and leaves lone ones in the middle", () => {
    expect([...swarm([0, 0, 5, 0, 0.01, 10], [0, 10], 10)]).toEqual([0, 1, 0, -1, 2, 0]);
  });

  it("stacks points that all have one x", () => {
    expect([...swarm([3, 3, 3], [3, 3])]).toEqual([0, 1, -1]);
  });

  it("scales by the tallest stack of the chart, and a low one not at all", () => {
    expect(swarms([[1, 1, 1], [2]]).map((row) => [...row])).toEqual([[0, 0.1, -0.1], [0]]);
    const tall = swarms([new Array<number>(41).fill(0), [0, 0, 1]]);
    expect([Math.max(...tall[0]), Math.min(...tall[0])]).toEqual([1, -1]);
    expect([...tall[1]]).toEqual([0, 0.05, 0]);
  });
});
