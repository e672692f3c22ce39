// One process at a time: a lock file that holds the process id and the host, made in one step by a hard link.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { SetupError } from "./files.mjs";

const longestMs = 15 * 60_000;

/** Run `work` while holding the lock; wait (saying so once) while another process holds it. */
export async function withLock(path, what, work) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${process.pid} ${hostname()}\n`;
  const release = () => {
    try {
      if (readFileSync(path, "utf8") === mine) rmSync(path);
    } catch {}
  };
  for (let tries = 0; !take(path, mine); tries++) {
    if (tries === 5) process.stderr.write(`Waiting for another process: ${what} …\n`);
    if (tries > longestMs / 100)
      throw new SetupError(`setup: ${path} has been held for 15 minutes. Remove it.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  process.on("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

function take(path, mine) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, mine);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (isStale(path)) setAside(path);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Whether the holder is gone: its process is dead, or (on another host) the lock is old. */
function isStale(path) {
  try {
    const [pid, host] = readFileSync(path, "utf8").trim().split(" ");
    if (host !== hostname()) return Date.now() - statSync(path).mtimeMs > longestMs;
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Take a dead holder's lock away; when another waiter was faster and this is a living one's, put it back. */
function setAside(path) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    if (!isStale(aside)) linkSync(aside, path);
  } catch {
    // Another waiter did it.
  }
  rmSync(aside, { force: true });
}
