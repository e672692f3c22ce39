import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { codeOf } from "../base/errors.js";

/**
 * A process, so that it can be told from another one that got its number later: `start` is when it began (on Linux in
 * ticks since `boot`), `host` the machine that it runs on.
 */
export interface ProcessMark {
  readonly pid: number;
  readonly start: string;
  readonly host: string;
}

/** The mark of a process of this machine; by default of this one. */
export function markOf(pid: number = process.pid): ProcessMark {
  return { pid, start: startOf(pid) ?? "", host: hostname() };
}

/** Whether a process of this machine is still the one that the mark names. */
export function isRunning(mark: ProcessMark): boolean {
  if (!isAlive(mark.pid)) return false;
  const start = startOf(mark.pid);
  return mark.start === "" || start === undefined || start === mark.start;
}

/** Whether any process has this number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) === "EPERM";
  }
}

/** When a process began, in a form that differs for every process that ever had its number; undefined when it is gone. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      // Field 22 of stat(5); the name in field 2 may hold blanks and parentheses. A zombie has ended.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ");
      return fields[0] === "Z" ? undefined : `${bootId()}:${fields[19]}`;
    }
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().slice(0, 8);
}

/** Kill a process group that an earlier run has left, and wait until it is gone. @returns whether there was one */
export function endGroup(leader: ProcessMark): boolean {
  if (leader.host !== hostname() || !isRunning(leader)) return false;
  const groupLives = (): boolean => isAlive(-leader.pid);
  try {
    process.kill(-leader.pid, "SIGKILL");
  } catch {
    return false; // It ended by itself meanwhile.
  }
  const wait = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; groupLives() && tries < 500; tries++) Atomics.wait(wait, 0, 0, 10);
  return true;
}
