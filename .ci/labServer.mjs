import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const slow = 120_000; // milliseconds, on a busy machine

/**
 * Start JupyterLab for one folder, on loopback alone, with a token, and with nothing of this user's Jupyter.
 * @param bin the programs of its environment
 * @returns its address and token, `stop`, which lets it end its kernels, and `kill`
 * @throws Error when it ends or does not answer
 */
export async function startLab(bin, folder) {
  const home = mkdtempSync(join(tmpdir(), "nidslab-lab-"));
  const settings = (name, values) => {
    const path = join(home, "config", "lab", "user-settings", "@jupyterlab", `${name}.jupyterlab-settings`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(values));
  };
  settings("apputils-extension/notification", { fetchNews: "false", checkForUpdates: false });
  // Else cells outside the window are not in the page, or not laid out.
  settings("notebook-extension/tracker", { windowingMode: "none" });
  const port = await freePort();
  const token = randomBytes(24).toString("hex");
  const address = `http://127.0.0.1:${port}`;
  const { JUPYTER_PATH: _, JUPYTER_CONFIG_PATH: __, ...env } = process.env;
  const server = spawn(
    join(bin, "jupyter-lab"),
    [
      ...["--no-browser", "--allow-root", `--ServerApp.root_dir=${folder}`],
      ...["--ServerApp.ip=127.0.0.1", `--ServerApp.port=${port}`, "--ServerApp.port_retries=0"],
    ],
    {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...env,
        JUPYTER_TOKEN: token,
        JUPYTER_CONFIG_DIR: join(home, "config"),
        JUPYTER_DATA_DIR: join(home, "data"),
        JUPYTER_RUNTIME_DIR: join(home, "runtime"),
      },
    },
  );
  const kill = () => {
    server.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  };
  const stop = async () => {
    if (server.exitCode !== null) return;
    server.kill("SIGTERM");
    await Promise.race([once(server, "exit"), sleep(30_000, undefined, { ref: false })]);
  };
  let said = "";
  let ended;
  server.once("error", (error) => {
    ended = error.message;
  });
  server.once("close", (code, signal) => {
    ended ??= `ended with ${code ?? signal}: ${said.trim().split("\n").at(-1)}`;
  });
  for (const stream of [server.stdout, server.stderr])
    stream.on("data", (text) => {
      said = (said + text).slice(-10_000);
    });
  for (let waited = 0; waited < slow && ended === undefined; waited += 500) {
    const answer = await fetch(`${address}/api/status?token=${token}`).catch(() => undefined);
    if (answer?.ok) return { address, token, stop, kill };
    await sleep(500);
  }
  kill();
  throw new Error(`JupyterLab did not start: ${ended ?? `no answer within ${slow / 1000} s`}`);
}

function freePort() {
  return new Promise((found, failed) => {
    const socket = createServer().once("error", failed);
    socket.listen(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => found(port));
    });
  });
}
