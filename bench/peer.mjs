import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Start a Python peer. It reads its data, prints one JSON line `{"settings": …}` or `{"missing": "packages"}`, and then
 * for each line "run" on its input does its work once and prints the seconds; or those and the processor's, of all threads.
 */
export async function startPeer(script, ...args) {
  const python = process.env.NIDSLAB_PYTHON ?? "python3";
  const child = spawn(python, [script, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    // OpenMP threads that spin while they wait slow down a machine with few cores.
    env: { ...process.env, OMP_WAIT_POLICY: "passive" },
  });
  const failed = new Promise((_, reject) => child.on("error", reject));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) throw new Error(`the peer ended early (${python} ${script}).`);
    return value;
  };
  const first = JSON.parse(await nextLine());
  if (first.missing !== undefined) {
    child.stdin.end();
    throw new Error(`the peer needs Python packages: ${python} -m pip install ${first.missing}`);
  }
  return {
    settings: first.settings,
    async run() {
      child.stdin.write("run\n");
      const [wall, processor] = (await nextLine()).split(" ").map(Number);
      return processor === undefined ? wall : { wall, processor };
    },
    end: () => child.stdin.end(),
  };
}
