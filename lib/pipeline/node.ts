import { hashBytes } from "../base/hash.js";
import type { Recorded } from "./tree.js";
import type { Yaml } from "./yaml/value.js";

/** A path as it is written (its identity in dvc.lock) and where it is. */
export interface PathRef {
  readonly path: string;
  readonly absolute: string;
}

/** What a node needs. */
export interface Dependency extends PathRef {
  /** What a .dvc file records for the source of an import; a stage's are in dvc.lock. */
  readonly recorded?: Recorded;
}

export interface Output extends PathRef {
  readonly role: "out" | "metric" | "plot";
  /** false: hashed and recorded, but neither in the cache nor in .gitignore. */
  readonly cache: boolean;
  /** true: not deleted before its stage runs. */
  readonly persist: boolean;
  /** The remote that is named for this output. */
  readonly remote?: string;
  /** Of a plot: what dvc.yaml says about it (x, y, template, title, …), a list of such mappings as DVC's schema allows. */
  readonly plot?: Yaml;
  /** false: never sent to a remote. */
  readonly push?: boolean;
  /** What a .dvc file records for it; a stage's are in dvc.lock. */
  readonly recorded?: Recorded;
}

/** Keys of one parameter file that a stage depends on; null for the whole file. */
export interface ParamsRef extends PathRef {
  readonly keys: readonly string[] | null;
}

/** A node of the graph: a stage of a dvc.yaml after expansion, or a .dvc file (a data source, without a command). */
export interface StageNode {
  readonly kind: "stage" | "data";
  /** Its key in dvc.yaml and dvc.lock; for a .dvc file the file's name. */
  readonly name: string;
  /** The name before `@`: a target `train` means all of them. */
  readonly group: string;
  /** The dvc.yaml or .dvc file. */
  readonly file: string;
  /** How messages call it: relative to the folder where nidslab was called. */
  readonly address: string;
  readonly wdir: string;
  /** A text (each line in a shell of its own) or a list of them; undefined for a .dvc file. */
  readonly cmd?: Yaml;
  readonly deps: readonly Dependency[];
  readonly params: readonly ParamsRef[];
  readonly outs: readonly Output[];
  readonly frozen: boolean;
  readonly alwaysChanged: boolean;
  readonly desc?: string;
  /** Of an import (a .dvc file with a dependency): the checksum that stands in the file, and the one of its content. */
  readonly import?: { readonly recorded: string | undefined; readonly computed: string };
}

/** A stage's name as the name of a file; two stages never have the same. */
export function fileNameOf({ address }: StageNode): string {
  const plain = address.replace(/[^\w.@-]/g, "_");
  return plain === address ? plain : `${plain}-${hashBytes(address, "md5").slice(0, 8)}`;
}

/** A stage that has only a command runs every time. */
export function isCallback(node: StageNode): boolean {
  const { cmd, deps, params, outs } = node;
  return cmd !== undefined && deps.length === 0 && params.length === 0 && outs.length === 0;
}
