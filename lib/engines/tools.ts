import { spawn } from "node:child_process";
import { EngineError } from "../base/errors.js";

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What installing needs of the machine; a test passes others. */
export interface Tools {
  /** @returns null when there is no such program */
  run(
    program: string,
    args: readonly string[],
    options?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> },
  ): Promise<Ended | null>;
  /** A line for the person who waits. */
  say(line: string): void;
}

/** Programs of this machine. What runs ends with `signal`. */
export function machineTools(say: (line: string) => void, signal?: AbortSignal): Tools {
  return {
    say,
    run: (program, args, options = {}) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, [...args], {
          cwd: options.cwd,
          env: { ...process.env, ...options.env },
          stdio: ["ignore", "pipe", "pipe"],
          shell: process.platform === "win32" && program === "npm",
          signal,
        });
        const text = { out: "", err: "" };
        child.stdout.setEncoding("utf8").on("data", (piece: string) => {
          text.out += piece;
        });
        child.stderr.setEncoding("utf8").on("data", (piece: string) => {
          text.err += piece;
        });
        child.on("error", (cause: NodeJS.ErrnoException) => {
          if (cause.code === "ENOENT") resolve(null);
          else reject(cause);
        });
        child.on("close", (code, killed) => {
          const err = killed === null ? text.err : `${text.err}\nended by ${killed}`;
          resolve({ code: code ?? 1, out: text.out, err });
        });
      }),
  };
}

const network =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH|ENOTCACHED|NewConnectionError|ConnectTimeout|name resolution|ProxyError|Max retries|Network is unreachable|No matching distribution/i;

/**
 * The output of a program that must succeed.
 * @param what it was to do, for the message: `pip could not fetch xgboost-cpu 3.2.0`
 * @throws EngineError with the program's own last word; what to do when it was the network
 */
export function succeeded(ended: Ended | null, what: string): string {
  if (ended !== null && ended.code === 0) return ended.out;
  const said = `${ended?.err ?? "the program is not there"}\n${ended?.out ?? ""}`;
  const advice = network.test(said)
    ? "Check the network and the registry in your pip or npm configuration, then run the same command again."
    : "Nothing was added; run the same command again when that is mended.";
  throw new EngineError(`engines: ${what}: ${lastWord(said)}. ${advice}`);
}

/** The line that says why: the last one that names an error, else the last one. */
function lastWord(said: string): string {
  const lines = said
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^npm error (A complete log|Log files)/.test(line));
  const telling = lines.filter((line) => /error|fatal|no module|ended by/i.test(line));
  const line = (telling.at(-1) ?? lines.at(-1) ?? "no reason given")
    .replace(/^ERROR: /, "")
    .replace(/\.$/, "");
  return line.length > 240 ? `${line.slice(0, 240)}…` : line;
}
