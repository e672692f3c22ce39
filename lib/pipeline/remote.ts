import { relative, sep } from "node:path";
import type { ObjectStore } from "./cache.js";
import { checkout, planCheckout, relinkAll } from "./checkout.js";
import type { Remote } from "./config.js";
import { toSlashes } from "./dvcfile.js";
import { GraphError } from "./errors.js";
import { type Era, eraOf } from "./legacy.js";
import { recordedIn } from "./lock.js";
import type { Output, StageNode } from "./node.js";
import type { Project } from "./project.js";
import { handOver, remoteText } from "./realDvc.js";
import type { Selected } from "./select.js";
import type { Recorded } from "./tree.js";

/** An output with what is recorded for it. */
export interface Tracked {
  readonly node: StageNode;
  readonly out: Output;
  readonly recorded: Recorded;
  /** Of a folder: only what lies at or below this path in it. */
  readonly inside?: string;
}

/** Cached outputs that have a recorded hash. */
export function trackedOutputs(nodes: readonly StageNode[], project: Project): Tracked[] {
  return trackedOf(
    nodes.map((node) => ({ node })),
    project,
  );
}

/** As `trackedOutputs`, for what targets name: of an output only the part that was asked for. */
export function trackedOf(selected: readonly Selected[], project: Project): Tracked[] {
  return selected.flatMap(({ node, path }) =>
    outputsAt(node, path).flatMap((out) => {
      const recorded = recordOfOutput(node, out, project);
      if (recorded?.md5 === undefined) return [];
      const inside = path === undefined ? "" : toSlashes(relative(out.absolute, path));
      return [{ node, out, recorded, ...(inside === "" ? {} : { inside }) }];
    }),
  );
}

/** Cached outputs for which nothing is recorded: they cannot be brought. */
export function unrecordedOf(selected: readonly Selected[], project: Project): Output[] {
  return selected.flatMap(({ node, path }) =>
    outputsAt(node, path).filter((out) => recordOfOutput(node, out, project)?.md5 === undefined),
  );
}

function outputsAt(node: StageNode, path: string | undefined): Output[] {
  return node.outs.filter(
    (out) =>
      out.cache && (path === undefined || path === out.absolute || path.startsWith(out.absolute + sep)),
  );
}

function recordOfOutput(node: StageNode, out: Output, project: Project): Recorded | undefined {
  if (out.recorded !== undefined) return out.recorded;
  return recordedIn(project.lock(node).entry(node.name), "outs", out.path);
}

/** The remote of an output: its own, else the one that is asked for, else the default; undefined when there is none. */
function remoteOf(
  out: Output,
  asked: string | undefined,
  project: Project,
  command: string,
): Remote | undefined {
  const name = out.remote ?? asked ?? project.config.defaultRemote;
  return name === undefined ? undefined : project.config.remote(name, command);
}

/** The remotes that these outputs have and that are not folders: only DVC reaches them. */
export function foreignRemotes(
  tracked: readonly Tracked[],
  project: Project,
  asked: string | undefined,
  command: string,
): Remote[] {
  if (asked !== undefined) project.config.remote(asked, command);
  return tracked
    .filter(({ out }) => isMeant(out, asked))
    .flatMap(({ out }) => remoteOf(out, asked, project, command) ?? [])
    .filter((remote) => remote.folder === undefined);
}

/** With `-r NAME`, outputs that name another remote are left out. */
function isMeant(out: Output, asked: string | undefined): boolean {
  return asked === undefined || out.remote === undefined || out.remote.toLowerCase() === asked.toLowerCase();
}

/** What was brought or sent. */
export interface Transfer {
  /** How many objects were copied. */
  readonly copied: number;
  /** Outputs whose objects are in no place that was looked at. */
  readonly missing: readonly Tracked[];
  /** The objects themselves. */
  readonly absent: readonly string[];
}

/**
 * Bring objects that the cache lacks from the remotes (folders): the one named with the output, `asked`, or the default.
 * From other remotes the installed DVC brings them.
 * @throws GraphError naming the command when that is needed and no DVC is here
 */
export function fetchOutputs(tracked: readonly Tracked[], project: Project, asked?: string): Transfer {
  const wanted = tracked.filter(
    ({ out, recorded, inside }) =>
      isMeant(out, asked) && !isComplete(eraOf(recorded, project).cache, recorded, inside),
  );
  const foreign = wanted.filter(({ out }) => {
    const remote = remoteOf(out, asked, project, "fetch");
    return remote !== undefined && remote.folder === undefined;
  });
  if (foreign.length > 0) {
    const remote = remoteOf(foreign[0].out, asked, project, "fetch") as Remote;
    const targets = [...new Set(foreign.map(({ node }) => node.address))];
    handOver(
      "fetch",
      [...(asked === undefined ? [] : ["-r", asked]), ...targets],
      project.cwd,
      remoteText(remote),
    );
  }
  return transfer(wanted, project, ({ out, recorded }) => {
    const folder = remoteOf(out, asked, project, "fetch")?.folder;
    const { cache } = eraOf(recorded, project);
    return { from: folder === undefined ? undefined : cache.remoteAt(folder), to: cache };
  });
}

/** Send objects that the remotes (folders) lack. @throws ConfigError when an output has no remote */
export function pushOutputs(tracked: readonly Tracked[], project: Project, asked?: string): Transfer {
  const stores = new Map<string, ObjectStore>();
  const meant = tracked.filter(({ out }) => out.push !== false && isMeant(out, asked));
  return transfer(meant, project, ({ out, recorded }) => {
    const remote = remoteOf(out, asked, project, "push") ?? project.config.remote(undefined, "push");
    const from = eraOf(recorded, project).cache;
    const to = from.remoteAt(remote.folder as string);
    const known = stores.get(to.path("")) ?? to;
    stores.set(to.path(""), known);
    return { from, to: known };
  });
}

function transfer(
  tracked: readonly Tracked[],
  project: Project,
  stores: (each: Tracked) => { readonly from: ObjectStore | undefined; readonly to: ObjectStore },
): Transfer {
  let copied = 0;
  const missing: Tracked[] = [];
  const absent = new Set<string>();
  for (const each of tracked) {
    const { from, to } = stores(each);
    const oid = each.recorded.md5 as string;
    if (from !== undefined) copied += to.copyFrom(from, oid, each.inside);
    if (isComplete(to, each.recorded, each.inside)) continue;
    missing.push(each);
    for (const object of to.has(oid) && oid.endsWith(".dir") ? to.tree(oid).map((file) => file.md5) : [oid])
      if (!to.has(object) && !project.cache.has(object)) absent.add(object);
  }
  return { copied, missing, absent: [...absent] };
}

function isComplete(store: ObjectStore, recorded: Recorded, inside = ""): boolean {
  const oid = recorded.md5 as string;
  if (inside === "") return store.hasAll(oid);
  return (
    store.has(oid) &&
    store
      .tree(oid)
      .filter(({ relpath }) => relpath === inside || relpath.startsWith(`${inside}/`))
      .every(({ md5 }) => store.has(md5))
  );
}

/** What a checkout did to an output: added, modified, deleted. */
export interface CheckoutChange {
  readonly letter: "A" | "M" | "D";
  readonly path: string;
  readonly isFolder: boolean;
}

/** Outputs that changed, and files in them by what happened to them. */
export interface CheckoutResult {
  readonly changes: readonly CheckoutChange[];
  readonly files: { readonly modified: number; readonly added: number; readonly deleted: number };
}

export interface CheckoutOptions {
  /** Overwrite files whose content is nowhere else. */
  readonly force?: boolean;
  /** Tie every file to the cache anew, as `cache.type` says. */
  readonly relink?: boolean;
  /** Outputs that cannot be brought are no error. */
  readonly allowMissing?: boolean;
  /** Outputs that cannot be brought because nothing is recorded. */
  readonly unrecorded?: readonly Output[];
}

/**
 * Make the workspace what is recorded. Nothing is touched when a file would be overwritten or deleted whose content is not
 * in the cache, unless `force` says so.
 * @throws GraphError naming such files; MissingObjects naming the outputs whose objects are not in the cache, after the
 *   others were checked out
 */
export async function checkoutOutputs(
  tracked: readonly Tracked[],
  project: Project,
  options: CheckoutOptions = { force: true },
): Promise<CheckoutResult> {
  const missing = (options.unrecorded ?? []).map((out) => project.show(out.absolute));
  const ready: { each: Tracked; era: Era; plan: Awaited<ReturnType<typeof planCheckout>> }[] = [];
  for (const each of tracked) {
    const era = eraOf(each.recorded, project);
    const { cache, hasher } = era;
    const present = await hasher.hash(each.out.absolute);
    if (present?.md5 !== each.recorded.md5 && !isComplete(cache, each.recorded, each.inside)) {
      missing.push(project.show(each.out.absolute));
      continue;
    }
    ready.push({
      each,
      era,
      plan: await planCheckout(each.out.absolute, each.recorded, cache, hasher, each.inside),
    });
  }
  if (options.force !== true) {
    const unsaved = ready.flatMap(({ each, era: { cache }, plan }) =>
      plan.steps.flatMap(({ relpath, old }) =>
        old !== undefined && !cache.has(old)
          ? [relpath === "" ? each.out.absolute : `${each.out.absolute}/${relpath}`]
          : [],
      ),
    );
    if (unsaved.length > 0) {
      throw new GraphError(
        `Can't remove the following unsaved files without confirmation. Use \`--force\` to force.\n${unsaved.join("\n")}`,
      );
    }
  }
  const changes: CheckoutChange[] = [];
  const files = { modified: 0, added: 0, deleted: 0 };
  for (const { each, era, plan } of ready) {
    const { cache, hasher } = era;
    const path = each.out.absolute;
    const isNew = plan.present === undefined;
    if (plan.steps.length > 0 || isNew) {
      await checkout(path, each.recorded, cache, hasher, each.inside);
      changes.push({ letter: isNew ? "A" : "M", path, isFolder: plan.isFolder });
      for (const { old, wanted } of plan.steps)
        files[wanted === undefined ? "deleted" : old === undefined ? "added" : "modified"]++;
    }
    const hashed = options.relink === true ? await hasher.hash(path) : undefined;
    if (hashed !== undefined) relinkAll(path, hashed, era);
  }
  if (missing.length > 0 && options.allowMissing !== true)
    throw new MissingObjects(missing, { changes, files });
  return { changes, files };
}

/** Some outputs could not be checked out; `result` is what was done. */
export class MissingObjects extends GraphError {
  constructor(
    paths: readonly string[],
    readonly result: CheckoutResult,
  ) {
    super(
      `Checkout failed for following targets:\n${paths.join("\n")}\nIs your cache up to date?\n` +
        "<https://error.dvc.org/missing-files>",
    );
  }
}
