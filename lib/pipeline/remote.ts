import { checkout } from "./checkout.js";
import { GraphError } from "./errors.js";
import { eraOf } from "./legacy.js";
import { recordedIn } from "./lock.js";
import type { Output, StageNode } from "./node.js";
import type { Project } from "./project.js";
import type { Recorded } from "./tree.js";

/** An output with what is recorded for it. */
export interface Tracked {
  readonly node: StageNode;
  readonly out: Output;
  readonly recorded: Recorded;
}

/** Cached outputs that have a recorded hash. */
export function trackedOutputs(nodes: readonly StageNode[], project: Project): Tracked[] {
  return nodes.flatMap((node) => {
    const entry = node.kind === "stage" ? project.lock(node).entry(node.name) : undefined;
    return node.outs.flatMap((out) => {
      const recorded = out.recorded ?? recordedIn(entry, "outs", out.path);
      return out.cache && recorded?.md5 !== undefined ? [{ node, out, recorded }] : [];
    });
  });
}

/**
 * Bring objects that the cache lacks from the remotes (folders): the one named with the output, `remote`, or the default.
 * @returns how many objects were copied, and the outputs whose objects are nowhere
 */
export function fetchOutputs(
  tracked: readonly Tracked[],
  project: Project,
  remote?: string,
): { copied: number; missing: Tracked[] } {
  let copied = 0;
  const missing: Tracked[] = [];
  for (const each of tracked) {
    const oid = each.recorded.md5 as string;
    const { cache } = eraOf(each.recorded, project);
    if (cache.hasAll(oid)) continue;
    const name = each.out.remote ?? remote ?? project.config.defaultRemote;
    if (name === undefined) missing.push(each);
    else {
      copied += cache.copyFrom(cache.beside(project.config.remoteFolder(name)), oid);
      if (!cache.hasAll(oid)) missing.push(each);
    }
  }
  return { copied, missing };
}

/** What a checkout did to an output: added, modified, deleted. */
export interface CheckoutChange {
  readonly letter: "A" | "M" | "D";
  readonly path: string;
  readonly isFolder: boolean;
}

/**
 * Make the workspace what is recorded. Changed files are overwritten (the caller has asked for that).
 * @throws GraphError that lists the outputs whose objects are not in the cache, after the others were checked out
 */
export async function checkoutOutputs(
  tracked: readonly Tracked[],
  project: Project,
): Promise<CheckoutChange[]> {
  const changes: CheckoutChange[] = [];
  const missing: string[] = [];
  for (const { out, recorded } of tracked) {
    const oid = recorded.md5 as string;
    const { cache, hasher } = eraOf(recorded, project);
    const present = await hasher.hash(out.absolute);
    if (present?.md5 === oid) continue;
    if (!cache.hasAll(oid)) {
      missing.push(project.show(out.absolute));
      continue;
    }
    await checkout(out.absolute, recorded, cache, hasher);
    changes.push({
      letter: present === undefined ? "A" : "M",
      path: out.absolute,
      isFolder: oid.endsWith(".dir"),
    });
  }
  if (missing.length > 0) throw new MissingObjects(missing, changes);
  return changes;
}

/** Some outputs could not be checked out; `changes` is what was done. */
export class MissingObjects extends GraphError {
  constructor(
    paths: readonly string[],
    readonly changes: readonly CheckoutChange[],
  ) {
    super(
      `Checkout failed for following targets:\n${paths.join("\n")}\nIs your cache up to date?\n` +
        "<https://error.dvc.org/missing-files>",
    );
  }
}
