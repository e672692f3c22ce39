// node --import …/killer.mjs: the process kills itself with SIGKILL at the KILL_AT-th time that it is about to write, rename,
// remove or start something; with KILL_HALF=1 a file that is written is half written first. Without KILL_AT it only counts,
// and writes the number to the file KILL_COUNT at its end.
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const at = Number(process.env.KILL_AT ?? 0);
const half = process.env.KILL_HALF === "1";
const original = { ...fs };
let points = 0;

const names = [
  "appendFileSync",
  "chmodSync",
  "copyFileSync",
  "cpSync",
  "ftruncateSync",
  "linkSync",
  "mkdirSync",
  "renameSync",
  "rmSync",
  "rmdirSync",
  "symlinkSync",
  "unlinkSync",
  "writeFileSync",
  "writeSync",
];

function pass(name, args) {
  points++;
  if (points !== at) return;
  if (half && name === "writeFileSync") {
    const bytes = Buffer.from(args[1]);
    original.writeFileSync(args[0], bytes.subarray(0, bytes.length >> 1), args[2]);
  }
  if (half && name === "copyFileSync") {
    const bytes = original.readFileSync(args[0]);
    original.writeFileSync(args[1], bytes.subarray(0, bytes.length >> 1));
  }
  process.kill(process.pid, "SIGKILL");
}

for (const name of names) {
  fs[name] = (...args) => {
    pass(name, args);
    return original[name](...args);
  };
}
const { spawn } = childProcess;
childProcess.spawn = (...args) => {
  pass("spawn", args);
  const child = spawn(...args);
  pass("spawned", args);
  return child;
};
syncBuiltinESMExports();

if (process.env.KILL_COUNT !== undefined) {
  process.on("exit", () => original.writeFileSync(process.env.KILL_COUNT, String(points)));
}
