import { spawn } from "node:child_process";
import { existsSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { markOf } from "#lib/pipeline/processes.js";
import { Sandbox, until } from "./sandbox.js";

const files = { in: "1\n", "dvc.yaml": "stages:\n  a: {cmd: cp in out, deps: [in], outs: [out]}\n" };

describe("locks", () => {
  const boxes: Sandbox[] = [];
  const make = (more: Record<string, string> = {}): Sandbox => {
    const box = new Sandbox({ ...files, ...more });
    boxes.push(box);
    return box;
  };
  afterAll(() => boxes.forEach((box) => void box.remove()));
  const lock = (mark: object): Record<string, string> => ({ ".nidslab/lock": `${JSON.stringify(mark)}\n` });
  const gone = 4194000; // above the largest number that Linux gives unless told so

  it.each([
    ["of a process that is gone", { ...markOf(), pid: gone }],
    ["whose number another process has now", { ...markOf(), start: "12345678:1" }],
  ])("a lock %s is taken over", (_, mark) => {
    const box = make(lock(mark));
    expect(box.nidslab("repro").code).toBe(0);
    expect(box.read("out")).toBe("1\n");
    expect(existsSync(box.path(".nidslab/lock"))).toBe(false);
  });

  it("a lock of another host is taken over when its holder has been silent, and respected before", () => {
    const box = make(lock({ pid: 1, start: "1", host: "elsewhere" }));
    const { code, stderr } = box.nidslab("repro");
    expect([code, stderr]).toEqual([
      255,
      "ERROR: Unable to acquire lock. Most likely another nidslab process is running (PID 1 on elsewhere). " +
        "Wait for it to end; if there is no such process, delete .nidslab/lock.\n",
    ]);
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(box.path(".nidslab/lock"), hourAgo, hourAgo);
    expect(box.nidslab("repro").code).toBe(0);
  });

  it("a live process of this host is named", () => {
    const box = make(lock(markOf()));
    const { code, stderr } = box.nidslab("repro");
    expect(code).toBe(255);
    expect(stderr).toContain(`another nidslab process is running (PID ${process.pid}).`);
  });

  it("a path that DVC is at work on is busy, and free when that process is gone", () => {
    const box = make();
    const write = (pid: number): void =>
      box.write({
        ".dvc/tmp/rwlock": JSON.stringify({
          read: {},
          write: { [box.path("out")]: { pid, cmd: "dvc repro" } },
        }),
      });
    write(process.pid);
    const { code, stderr } = box.nidslab("repro");
    expect(code).toBe(255);
    expect(stderr).toContain(
      `'${box.path("out")}' is busy, it is being blocked by:\n  (PID ${process.pid}): dvc repro\n`,
    );
    expect(existsSync(box.path("out"))).toBe(false);
    write(gone);
    expect(box.nidslab("repro").code).toBe(0);
  });

  it("while a command runs its paths stand in DVC's list, and not after", async () => {
    const box = make({
      "dvc.yaml":
        "stages:\n  a: {cmd: 'touch started; while [ ! -f go ]; do sleep 0.02; done; cp in out', deps: [in], outs: [out]}\n",
    });
    const child = box.start("repro");
    await until(() => existsSync(box.path("started")));
    const { read, write } = JSON.parse(box.read(".dvc/tmp/rwlock"));
    expect([Object.keys(read), Object.keys(write)]).toEqual([[box.path("in")], [box.path("out")]]);
    expect(write[box.path("out")].pid).toBe(child.pid);
    box.write({ go: "" });
    expect(await new Promise((done) => child.on("exit", done))).toBe(0);
    expect(JSON.parse(box.read(".dvc/tmp/rwlock"))).toEqual({ read: {}, write: {} });
  });

  it("DVC's own lock is waited for, and its holder named", async () => {
    const box = make();
    const script = `
      import { KernelLock } from "${pathToFileURL(resolve("dist/pipeline/flock.js")).href}";
      KernelLock.tryTake(".dvc/tmp/lock");
      console.log("held");
      setInterval(() => undefined, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: box.root });
    try {
      await new Promise((done) => holder.stdout.once("data", done));
      const { code, stderr } = box.nidslab("repro");
      expect([code, stderr.split("\n")[0]]).toEqual([
        255,
        `ERROR: failed to reproduce 'a': Unable to acquire lock. Most likely another DVC process is running (PID ${holder.pid}) ` +
          "or was terminated abruptly. Wait for it to end and run the same command again.",
      ]);
    } finally {
      holder.kill("SIGKILL");
    }
    await until(() => holder.exitCode !== null || holder.signalCode !== null);
    expect(box.nidslab("repro").code).toBe(0); // the kernel has released it
  });

  it("a lock file that is cut short or holds conflict markers stops the run and stays as it is", () => {
    const box = make();
    box.nidslab("repro");
    const whole = box.read("dvc.lock");
    for (const text of [
      whole.slice(0, whole.indexOf("path") + 2),
      `<<<<<<< HEAD\n${whole}=======\n>>>>>>> other\n`,
    ]) {
      box.write({ "dvc.lock": text, in: "2\n" });
      const { code, stderr } = box.nidslab("repro");
      expect(code).toBe(255);
      expect(stderr).toContain("'./dvc.lock'");
      expect(box.read("dvc.lock")).toBe(text);
      expect(box.read("out")).toBe("1\n");
    }
    box.write({ "dvc.lock": whole });
    expect(box.nidslab("repro").code).toBe(0);
    expect(box.read("out")).toBe("2\n");
  });

  it("knows its own mark", () => {
    expect(markOf()).toMatchObject({ pid: process.pid, host: hostname() });
    expect(markOf().start).not.toBe("");
  });
});
