import { relink } from "./checkout.js";
import type { Project } from "./project.js";
import type { Hashed } from "./tree.js";

/** After an output was put into the cache: tie it to its objects, as `cache.type` says. */
export function relinkOutput(path: string, hashed: Hashed, project: Project): void {
  relink(path, hashed, project.cache, project.hasher);
}
