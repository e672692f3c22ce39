import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    const folder = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder]);
    rmSync(folder, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** Whether a small file system can be made here: Linux, as root, where that is allowed. */
export const mounts = canMount();

/** Mount a file system of `size` (as `64k`) at a folder; gives what takes it away. */
export function mountSmall(folder: string, size: string): () => void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
  return () => void execFileSync("umount", ["-l", folder]);
}
