// Loaded into a measured Node process (NODE_OPTIONS): at its end its peak memory, in kB, and the seconds of processor time
// of all its threads are appended to $BENCH_PEAK_FILE as one line.
const { appendFileSync } = require("node:fs");

process.on("exit", () => {
  if (!process.env.BENCH_PEAK_FILE) return;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  appendFileSync(process.env.BENCH_PEAK_FILE, `${maxRSS} ${(userCPUTime + systemCPUTime) / 1e6}\n`);
});
