import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { pointsOf } from "#lib/models/cluster/points.js";
import { bestOfStarts, takeStarts } from "#lib/models/cluster/starts.js";
import { blobs } from "./made.js";

const X = pointsOf(blobs(4000, 10, 30, 1, 3).X, "test");
const options = { maxIterations: 300, tolerance: 1e-4 };

it("finds the same run on one thread and on two", async () => {
  // As much work as is worth two threads.
  const what = { clusters: 40, options, starts: 50 };
  const alone = await bestOfStarts(X, what, Rng.root(1), 1);
  expect(await bestOfStarts(X, what, Rng.root(1), 2)).toEqual(alone);
});

it("keeps the best of the starts that are left", () => {
  const taken = Int32Array.of(2);
  const task = { X, clusters: 20, options, starts: 5, stream: Rng.root(1).path, taken };
  const best = takeStarts(task);
  const single = [2, 3, 4].map((start) =>
    takeStarts({ ...task, starts: start + 1, taken: Int32Array.of(start) }),
  );
  expect(best?.run.inertia).toBe(Math.min(...single.map((each) => each?.run.inertia ?? 0)));
  expect(takeStarts({ ...task, taken: Int32Array.of(5) })).toBeUndefined();
});
