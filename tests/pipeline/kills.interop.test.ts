import { afterAll, describe, expect, it } from "vitest";
import { dvcRepro, KillBench, type Start } from "./kills.js";

const dvc = process.env.NIDSLAB_DVC;
/** Points are tested in groups, so that a report stays short; one of each is finished by DVC. */
const GROUP = 20;

/**
 * nidslab is killed (SIGKILL) at every fourth write, rename and start of a process of a six-stage graph, by turns before it
 * and in the middle of it. The next run ends with the bytes of an undisturbed one and repeats only the interrupted stage.
 */
describe.skipIf(dvc === undefined).each<[Start, number, number]>([
  ["fresh", 1, 4],
  ["rerun", 1, 6],
  ["rerun", 2, 13],
])(
  "kills, %s project, %i jobs, each %i-th point (skipped: set NIDSLAB_DVC to dvc's executable to run these)",
  (start, jobs, step) => {
    const bench = dvc === undefined ? undefined : new KillBench(start, jobs);
    afterAll(() => bench?.remove());
    const points: number[] = [];
    for (let point = 1; point <= (bench?.points ?? 0); point += step) points.push(point);
    const groups = Array.from({ length: Math.ceil(points.length / GROUP) }, (_, i) =>
      points.slice(i * GROUP, (i + 1) * GROUP),
    );

    it.each(groups.map((group) => [group[0], group.at(-1) as number, group] as const))(
      "at points %i to %i",
      (_first, _last, group) => {
        const faults = group.flatMap((point, i) => {
          const finish = i === GROUP / 2 ? dvcRepro(dvc as string) : undefined;
          // Of each five one is killed a second time, while it is being mended.
          const again = i % 5 === 4 ? 1 + (point % 31) : undefined;
          return (bench as KillBench)
            .kill(point, point % 4 < 2, finish, again)
            .map((fault) => `point ${point}${finish === undefined ? "" : ", finished by DVC"}: ${fault}`);
        });
        expect(faults).toEqual([]);
      },
      300_000,
    );
  },
);
