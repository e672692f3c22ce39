import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const hook = fileURLToPath(new URL("peakMemory.cjs", import.meta.url));
const folders = new Set();
const running = new Set();

function clear() {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
process.on("exit", clear);
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
  process.once(signal, () => process.exit(code));

/** A folder that is removed when the benchmark ends, by Ctrl-C too. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "nidslab-bench-"));
  folders.add(folder);
  return folder;
}

/** Start a program, wait for its end; @returns seconds. @throws Error with the end of what it printed when it fails */
export async function time(program, args, { cwd, env = {} }) {
  const start = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      printed = (printed + text).slice(-2000);
    });
  const code = await new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  });
  const seconds = (performance.now() - start) / 1000;
  running.delete(child);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${printed}`);
  return seconds;
}

/** Runs of one Node program whose peak memory and processor time are watched. */
export class NodeRuns {
  #file = join(temporaryFolder(), "peak");

  constructor() {
    writeFileSync(this.#file, "");
  }

  /** @returns seconds */
  time(args, { cwd, env = {} }) {
    const options = [process.env.NODE_OPTIONS, `--require=${hook}`].filter(Boolean).join(" ");
    return time(process.execPath, args, {
      cwd,
      env: { ...env, NODE_OPTIONS: options, BENCH_PEAK_FILE: this.#file },
    });
  }

  /** The most memory that any of the processes has held, in MB. */
  peakMb() {
    return Math.max(...this.#ended().map(([kb]) => kb)) / 1024;
  }

  /** Seconds of processor time of all of the processes. */
  cpuSeconds() {
    return this.#ended().reduce((sum, [, seconds]) => sum + seconds, 0);
  }

  #ended() {
    const lines = readFileSync(this.#file, "utf8").trim().split("\n");
    return lines.map((line) => line.split(" ").map(Number));
  }
}

/** @returns the version that the program prints. @throws Error that says how to get it */
export function versionOf(program, install) {
  const { status, stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the peer ${program} is not here: ${install}`);
  return stdout.split("\n")[0];
}
