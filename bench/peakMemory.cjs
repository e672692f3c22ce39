// Loaded into a measured Node process (NODE_OPTIONS): at its end its peak memory, in kB, is appended to $BENCH_PEAK_FILE.
const { appendFileSync } = require("node:fs");

process.on("exit", () => {
  if (process.env.BENCH_PEAK_FILE) appendFileSync(process.env.BENCH_PEAK_FILE, `${process.resourceUsage().maxRSS}\n`);
});
