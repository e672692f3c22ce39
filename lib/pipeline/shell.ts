import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Writable } from "node:stream";
import { GraphError, InterruptedError } from "./errors.js";
import { repr, typeName, type Yaml } from "./yaml/value.js";

/** How long a child that was asked to end may take before it is killed. */
const GRACE_MS = 5000;

export type Stream = "stdout" | "stderr";

/** Commands that run now. An interrupt ends them with everything they started. */
export class Children {
  private readonly running = new Set<ChildProcess>();
  private ended = false;

  get interrupted(): boolean {
    return this.ended;
  }

  /** Ask every running command to end, and kill what is still there after a while. */
  interrupt(): void {
    const signal = this.ended ? "SIGKILL" : "SIGINT";
    this.ended = true;
    for (const child of this.running) {
      signalGroup(child, signal);
      setTimeout(() => {
        // A shell may be gone while what it started goes on: until the output is closed somebody is there.
        if (this.running.has(child)) signalGroup(child, "SIGKILL");
      }, GRACE_MS).unref();
    }
  }

  /**
   * Run one line in a shell of its own, in a process group of its own.
   * @param started told of the process before the line begins, so that who notes it down can end it whatever happens
   * @throws GraphError when it does not exit with 0, InterruptedError after an interrupt
   */
  run(
    line: string,
    cwd: string,
    env: NodeJS.ProcessEnv,
    write: (text: Buffer, to: Stream) => void,
    started: (pid: number) => void,
  ): Promise<void> {
    if (this.ended) return Promise.reject(new InterruptedError("interrupted by the user"));
    if (!existsSync(cwd))
      return Promise.reject(new GraphError(`[Errno 2] No such file or directory: '${cwd}'`));
    const shell = process.env.SHELL || "/bin/sh";
    const [program, ...args] = gated([shell, ...shellFlags(shell), "-c", line]);
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        cwd,
        env,
        detached: true,
        stdio: [process.stdin.isTTY ? "ignore" : "inherit", "pipe", "pipe", "pipe"],
      });
      this.running.add(child);
      const gate = child.stdio[3] as Writable;
      gate.on("error", () => undefined); // It ended before the gate was opened.
      if (child.pid !== undefined) {
        try {
          started(child.pid);
          gate.end("\n");
        } catch (cause) {
          gate.destroy();
          reject(cause);
        }
      }
      child.stdout?.on("data", (text: Buffer) => write(text, "stdout"));
      child.stderr?.on("data", (text: Buffer) => write(text, "stderr"));
      child.on("error", (cause) => {
        this.running.delete(child);
        reject(new GraphError(`failed to run: ${line}: ${cause.message}`, { cause }));
      });
      child.on("close", (code, signal) => {
        this.running.delete(child);
        if (this.ended) reject(new InterruptedError("interrupted by the user"));
        else if (code === 0) resolve();
        else
          reject(new GraphError(`failed to run: ${line}, exited with ${code ?? `-${signalNumber(signal)}`}`));
      });
    });
  }
}

/**
 * A command that waits until a line comes in on descriptor 3, and ends when that is closed without one: a run that is killed
 * between the start of a command and the note of its process leaves nothing that goes on by itself.
 */
function gated(command: readonly string[]): string[] {
  if (process.platform === "win32") return [...command];
  return ["/bin/sh", "-c", 'read -r _ <&3 || exit 1; exec 3<&-; exec "$@"', "sh", ...command];
}

function shellFlags(shell: string): string[] {
  const name = basename(shell);
  if (name === "bash") return ["--noprofile", "--norc"];
  if (name === "zsh") return ["--no-rcs"];
  return name === "fish" ? ["--no-config"] : [];
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

function signalNumber(signal: NodeJS.Signals | null): number {
  return SIGNALS[signal ?? ""] ?? 1;
}

function notText(cmd: Yaml): GraphError {
  return new GraphError(
    `'${typeName(cmd)}' object has no attribute 'splitlines' (a command must be a text, found ${repr(cmd)})`,
  );
}

/** The lines of a command: a text is split at line breaks, each runs in its own shell. */
export function commandLines(cmd: unknown): string[] {
  const texts = Array.isArray(cmd) ? cmd : [cmd];
  return texts.flatMap((text) => {
    if (typeof text !== "string") throw notText(text as Yaml);
    const lines = text.split(/\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/);
    if (lines.at(-1) === "") lines.pop();
    return lines;
  });
}
