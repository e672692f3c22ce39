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

/** Whether any process has this number (negative: any of this group) and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return codeOf(cause) === "EPERM";
  }
  return pid < 0 || statusOf(pid)?.[0] !== ZOMBIE;
}

/** Of a process that has ended and whose parent has not asked for its exit code. */
const ZOMBIE = "Z";

/** stat(5) from field 3 on; the name in field 2 may hold blanks and parentheses. Undefined where it cannot be read. */
function statusOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ");
  } catch {
    return undefined;
  }
}

/** When a process began, in a form that differs for every process that ever had its number; undefined when it is gone. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      const ticks = statusOf(pid)?.[19];
      return ticks === undefined ? undefined : `${bootId()}:${ticks}`;
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
  const groupLives = (): boolean => isAlive(-leader.pid);
  // No other process gets the leader's number while its group lives, so a group without a leader is the one that is meant.
  const isOther = isAlive(leader.pid) && !isRunning(leader);
  if (leader.host !== hostname() || isOther || !groupLives()) return false;
  try {
    process.kill(-leader.pid, "SIGKILL");
  } catch {
    return false; // It ended by itself meanwhile.
  }
  const wait = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; groupLives() && tries < 500; tries++) Atomics.wait(wait, 0, 0, 10);
  return true;
}
