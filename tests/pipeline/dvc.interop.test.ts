import { existsSync, rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Sandbox } from "./sandbox.js";

const dvc = process.env.NIDSLAB_DVC;

const files = {
  "dvc.yaml": `stages:
  a:
    cmd: mkdir -p a/b && cp data/in.txt a/b/x && echo 1 > a/é
    deps: [data/in.txt]
    params: [p, q.r]
    outs: [a]
  b:
    foreach: \${names}
    do:
      cmd: cp a/b/x b-\${item}.txt && echo '{"n":1}' > m-\${item}.json
      deps: [a]
      outs: ["b-\${item}.txt"]
      metrics: [{"m-\${item}.json": {cache: false}}]
`,
  "params.yaml": "p: 1.0\nq: {r: [1, 2.5, 'x: y'], s: 1e-5}\nnames: [one, two]\n",
  "data/in.txt": "1\n",
  ".dvc/config": "[core]\n    analytics = false\n['remote \"store\"']\n    url = ../store\n",
};

describe.skipIf(dvc === undefined)(
  "nidslab and dvc on one repository (skipped: set NIDSLAB_DVC to dvc's executable to run these)",
  () => {
    const boxes: Sandbox[] = [];
    const make = (): Sandbox => {
      const box = new Sandbox(files);
      boxes.push(box);
      return box;
    };
    const real = (box: Sandbox, ...args: string[]): string => {
      const { code, stdout, stderr } = box.run(dvc as string, ...args);
      expect([args, code, stderr]).toEqual([args, 0, ""]);
      return stdout;
    };
    const ours = (box: Sandbox, ...args: string[]): string => {
      const { code, stdout, stderr } = box.nidslab(...args);
      expect([args, code, stderr]).toEqual([args, 0, ""]);
      return stdout;
    };
    afterAll(() => boxes.forEach((box) => void box.remove()));
    const upToDate = "Data and pipelines are up to date.\n";

    it("after either ran, the other has nothing to do, and the locks are the same bytes", () => {
      const [one, other] = [make(), make()];
      ours(one, "repro");
      expect(real(one, "status")).toBe(upToDate);
      expect(real(one, "repro")).toContain(upToDate);
      real(other, "repro");
      expect(ours(other, "status")).toBe(upToDate);
      expect(ours(other, "repro")).not.toContain("Running");
      expect(one.read("dvc.lock")).toBe(other.read("dvc.lock"));
      expect(one.read(".gitignore")).toBe(other.read(".gitignore"));
    });

    it("each restores from the other's run cache", () => {
      const [one, other] = [make(), make()];
      ours(one, "repro");
      const lock = one.read("dvc.lock");
      rmSync(one.path("dvc.lock"));
      expect(real(one, "repro")).not.toContain("Running");
      expect(one.read("dvc.lock")).toBe(lock);
      real(other, "repro");
      rmSync(other.path("dvc.lock"));
      expect(ours(other, "repro")).not.toContain("Running");
      expect(other.read("dvc.lock")).toBe(lock);
    });

    it("each pulls what the other added", () => {
      const box = make();
      ours(box, "add", "data");
      expect(real(box, "status", "data.dvc")).toBe(upToDate);
      real(box, "push", "-r", "store", "data.dvc");
      const away = (): void => {
        for (const path of ["data", ".dvc/cache"]) rmSync(box.path(path), { recursive: true, force: true });
      };
      away();
      ours(box, "pull", "-r", "store", "data.dvc");
      expect(box.read("data/in.txt")).toBe("1\n");
      away();
      real(box, "pull", "-q", "-r", "store", "data.dvc");
      expect(existsSync(box.path("data/in.txt"))).toBe(true);
      expect(ours(box, "status", "data.dvc")).toBe(upToDate);
    });
  },
);
