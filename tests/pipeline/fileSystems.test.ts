import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { mountSmall, mounts } from "./mounts.js";
import { Sandbox } from "./sandbox.js";

const stage = (cmd: string): Record<string, string> => ({
  "dvc.yaml": `stages:\n  a: {cmd: '${cmd}', deps: [in], outs: [out/big]}\n`,
});

describe.skipIf(!mounts)(
  "repro on small and on several file systems (skipped where a tmpfs cannot be mounted)",
  () => {
    let box: Sandbox;
    let unmount = (): void => undefined;
    afterEach(() => {
      unmount();
      box.remove();
    });

    it("a disk that is full: one clear error, nothing lost, and the next run ends as if nothing had been", () => {
      const files = {
        in: "1\n",
        ...stage("mkdir -p out; head -c 300000 /dev/zero > out/big; cat in >> out/big"),
      };
      box = new Sandbox({ ...files, ".dvc/cache/README": "mounted over" });
      unmount = mountSmall(box.path(".dvc/cache"), "1m");
      expect(box.nidslab("repro").code).toBe(0);
      const lock = box.read("dvc.lock");
      const old = box.read("out/big");
      writeFileSync(box.path(".dvc/cache/filler"), Buffer.alloc(600_000));
      box.write({ in: "2\n" });
      const { code, stderr } = box.nidslab("repro");
      expect(code).toBe(255);
      expect(stderr).toContain("ERROR: failed to reproduce 'a': write: ");
      expect(stderr).toContain("the disk is full. Free some space and run the same command again");
      expect(box.read("dvc.lock")).toBe(lock);
      expect(box.read("out/big")).toBe(old);
      const left = readdirSync(box.path(".dvc/cache/files/md5"), { recursive: true, encoding: "utf8" });
      expect(left.filter((name) => name.endsWith(".tmp"))).toEqual([]);
      rmSync(box.path(".dvc/cache/filler"));
      expect(box.nidslab("repro").code).toBe(0);
      expect(box.read("out/big").endsWith("2\n")).toBe(true);
      expect(box.nidslab("status").stdout).toBe("Data and pipelines are up to date.\n");
    });

    it.each(["a mounted folder", "a link to another file system"])(
      "outputs in %s come back after a failure",
      (how) => {
        box = new Sandbox({ in: "1\n", ...stage("mkdir -p out; cat in > out/big") });
        const elsewhere = box.path(how === "a mounted folder" ? "out" : "../disk");
        mkdirSync(elsewhere);
        unmount = mountSmall(elsewhere, "1m");
        if (elsewhere !== box.path("out")) symlinkSync(elsewhere, box.path("out"));
        expect(box.nidslab("repro").code).toBe(0);
        box.write({ in: "2\n", ...stage("echo half > out/big; exit 1") });
        expect(box.nidslab("repro").code).toBe(255);
        expect(box.read("out/big")).toBe("1\n");
        box.write(stage("cat in > out/big"));
        expect(box.nidslab("repro").code).toBe(0);
        expect(box.read("out/big")).toBe("2\n");
      },
    );

    it("an output that is a mounted folder itself keeps its place, and its content comes back after a failure", () => {
      const whole = (cmd: string): Record<string, string> => ({
        "dvc.yaml": `stages:\n  a: {cmd: '${cmd}', deps: [in], outs: [out]}\n`,
      });
      box = new Sandbox({ in: "1\n", ...whole("mkdir -p out; cat in > out/big") });
      mkdirSync(box.path("out"));
      unmount = mountSmall(box.path("out"), "1m");
      expect(box.nidslab("repro").code).toBe(0);
      box.write({ in: "2\n", ...whole("echo half > out/big; exit 1") });
      expect(box.nidslab("repro").code).toBe(255);
      expect(box.read("out/big")).toBe("1\n");
      expect(existsSync(box.path(".nidslab/aside"))).toBe(false);
    });
  },
);
