import { existsSync, readFileSync } from "node:fs";
import { writeJson } from "./files.js";

/**
 * What a model cost on this machine: runs/cost/<split>-<model>.json. Never an output of a stage: the same run takes
 * another time on every machine, and on the same machine tomorrow.
 */
export interface ModelCost {
  readonly split: string;
  readonly model: string;
  readonly type: string;
  readonly onnx_bytes: number;
  /** Operations of model.onnx for one flow; null where it was written by an older version. */
  readonly operations: number | null;
  /** Native threads, from params.yaml. */
  readonly threads: number;
  readonly train?: {
    /** Wall and processor seconds of fitting, calibrating and choosing the threshold; of a k-fold split the sum. */
    readonly seconds: number;
    readonly cpu_seconds: number;
    /** Training rows, and the models that they were fitted to (the folds). */
    readonly rows: number;
    readonly fits: number;
    readonly peak_mib: number;
  };
  readonly eval?: {
    /** Wall and processor microseconds of model.onnx a flow, the fastest of up to three passes over `flows` rows. */
    readonly us_per_flow: number;
    readonly cpu_us_per_flow: number;
    readonly flows: number;
    readonly peak_mib: number;
  };
}

/** Seconds since a stopwatch was started. */
export interface Elapsed {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Start a stopwatch: call what it returns to read it. Processor seconds are of all threads of the process. */
export function stopwatch(): () => Elapsed {
  const start = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: Number(process.hrtime.bigint() - start) / 1e9, cpuSeconds: (user + system) / 1e6 };
  };
}

/** The most memory that this process has held so far, in MiB. */
export function peakMiB(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** Write a part of a model's cost into its file; what train wrote stays when eval writes, and the other way round. */
export function recordCost(path: string, part: ModelCost): void {
  writeJson(path, { ...readCost(path), ...part });
}

/** A model's cost; null where the file is not there or is none. */
export function readCost(path: string): ModelCost | null {
  if (!existsSync(path)) return null;
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as Partial<ModelCost> | null;
    return typeof found?.split === "string" && typeof found.model === "string" ? (found as ModelCost) : null;
  } catch {
    // A file that somebody else put there, or one that a killed run left.
    return null;
  }
}
