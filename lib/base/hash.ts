import { createHash } from "node:crypto";

export type HashAlgorithm = "md5" | "sha256";

/** Hex digest of bytes or text that are in memory. */
export function hashBytes(content: string | Uint8Array, algorithm: HashAlgorithm = "sha256"): string {
  return createHash(algorithm).update(content).digest("hex");
}

/** Hex digest of a file's bytes, through hasha. hasha has top-level await, therefore it is imported when needed. */
export async function hashFile(path: string, algorithm: HashAlgorithm = "sha256"): Promise<string> {
  const hasha = await import("hasha");
  return hasha.hashFile(path, { algorithm });
}
