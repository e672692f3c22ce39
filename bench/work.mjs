import { createInterface } from "node:readline";

/**
 * What a peer of Node (peer.mjs) does: prints its settings, then for each line "run" the wall and processor seconds of a
 * piece of work, and for "peak" the most memory that the process has held, in MB.
 */
export async function serve(facts, work) {
  console.log(JSON.stringify(facts));
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "peak") {
      console.log(process.resourceUsage().maxRSS / 1024);
      continue;
    }
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    await work();
    const wall = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    console.log(`${wall} ${(user + system) / 1e6}`);
  }
}
