import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "../../temporary.js";

const folder = temporaryFolder();
const script = join(import.meta.dirname, "dies.mjs");

/** Train in a process of its own. */
function train(name: string, ...instant: string[]) {
  const at = join(folder.path, name);
  mkdirSync(at, { recursive: true });
  const { signal, stdout, stderr } = spawnSync(process.execPath, [script, at, ...instant], {
    encoding: "utf8",
  });
  if (signal !== null) return { signal };
  expect(stderr).toBe("");
  const { first, ...found } = JSON.parse(stdout) as { first: string };
  return { signal, first, found, onnx: readFileSync(join(at, "model.onnx")) };
}

let undisturbed: ReturnType<typeof train>;
beforeAll(() => {
  undisturbed = train("undisturbed");
});

// A batch of validation rows follows six steps: the 10th run is in the second epoch.
it.each([
  ["run", "10", 1],
  ["run", "21", 2],
  ["write", "3", 2],
  ["rename", "1", 0],
  ["rename", "4", 3],
  ["renamed", "5", 5],
])(
  "killed at %s %s it goes on after epoch %d to the same model.onnx",
  (instant, count, epochs) => {
    const name = `${instant}-${count}`;
    expect(train(name, instant, count).signal).toBe("SIGKILL");
    const resumed = train(name);
    if (epochs > 0)
      expect(resumed.first).toBe(`mlp: goes on after epoch ${epochs} of 5, from its checkpoint`);
    else expect(resumed.first).toMatch(/^mlp: epoch 5 of 5/);
    expect(resumed.found).toEqual(undisturbed.found);
    expect(resumed.onnx).toEqual(undisturbed.onnx);
  },
  60_000,
);

it("killed again and again it arrives, too", () => {
  for (const count of ["9", "9"]) expect(train("again", "run", count).signal).toBe("SIGKILL");
  expect(train("again").onnx).toEqual(undisturbed.onnx);
}, 60_000);
