import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Start a peer: a Python script, or one of Node (.mjs). It reads its data, prints one JSON line `{"settings": …}`,
 * `{"missing": "packages"}` or `{"engine": "name"}`, and then for each line "run" on its input does its work once and prints the
 * seconds; or those and the processor's, of all threads. Where it is asked for its `peakMb`, it prints that for a line "peak".
 */
export async function startPeer(script, ...args) {
  const isNode = script.endsWith(".mjs");
  const program = isNode ? process.execPath : (process.env.NIDSLAB_PYTHON ?? "python3");
  const child = spawn(program, [script, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    // OpenMP threads that spin while they wait slow down a machine with few cores.
    env: { ...process.env, OMP_WAIT_POLICY: "passive" },
  });
  const failed = new Promise((_, reject) => child.on("error", reject));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) throw new Error(`the peer ended early (${program} ${script}).`);
    return value;
  };
  const first = JSON.parse(await nextLine());
  if (first.missing !== undefined) {
    child.stdin.end();
    throw new Error(`the peer needs Python packages: ${program} -m pip install ${first.missing}`);
  }
  if (first.engine !== undefined) {
    child.stdin.end();
    throw new Error(`the peer is not added: nidslab engines add ${first.engine}`);
  }
  return {
    ...first,
    async run() {
      child.stdin.write("run\n");
      const [wall, processor] = (await nextLine()).split(" ").map(Number);
      return processor === undefined ? wall : { wall, processor };
    },
    async peakMb() {
      child.stdin.write("peak\n");
      return Number(await nextLine());
    },
    end: () => child.stdin.end(),
  };
}
