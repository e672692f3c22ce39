import { createHash } from "node:crypto";

export type HashAlgorithm = "md5" | "sha256";

/** Hex digest of bytes or text that are in memory. */
export function hashBytes(content: string | Uint8Array, algorithm: HashAlgorithm = "sha256"): string {
  return createHash(algorithm).update(content).digest("hex");
}

/** SHA-256 of bytes that come in pieces. */
export function hashPieces(pieces: Iterable<Uint8Array>): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

/** Hex digest of a file's bytes, through hasha. hasha has top-level await, therefore it is imported when needed. */
export async function hashFile(path: string, algorithm: HashAlgorithm = "sha256"): Promise<string> {
  const hasha = await import("hasha");
  return hasha.hashFile(path, { algorithm });
}
