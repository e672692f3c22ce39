// A child process whose output is kept for the error message, and which ends when we do.
import { spawn } from "node:child_process";
import { root } from "./files.mjs";

const kept = 50_000;

/**
 * Run a program in the project's folder until it ends.
 * @returns {Promise<{ code: number | string, output: string }>} the exit code, or the signal or system code that ended it
 */
export async function run(program, args, options = {}) {
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options });
  // npm and the compiler have nothing to tidy that the next start would not mend; npm goes on after a softer signal.
  const stop = () => child.kill("SIGKILL");
  process.once("exit", stop);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (text) => {
      output = (output + text).slice(-kept);
    });
  }
  const code = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.code));
    child.once("close", (exit, signal) => resolve(exit ?? signal));
  });
  process.off("exit", stop);
  return { code, output };
}
