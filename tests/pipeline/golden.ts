import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The golden vectors, made by DVC 3.67.1. They are not part of the repository: tests skip where they are absent. */
export const golden = join("..", "shared", "spec", "dvc-golden");
export const hasGolden = existsSync(golden);
export const why = "needs ../shared/spec/dvc-golden";

export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(join(golden, "vectors", `${name}.json`), "utf8")) as T;
}
