import { Worker } from "node:worker_threads";
import { DataError } from "../../base/errors.js";
import { threadFile } from "../../base/threadFile.js";
import type { ShapTree } from "./treeProgram.js";
import { type ShapRows, type TreeShapValues, treeShap } from "./treeShap.js";

/** What a worker thread is started with: all trees, some of the rows. */
export interface ShapTask {
  readonly trees: readonly ShapTree[];
  readonly X: ShapRows;
  readonly players: Int32Array;
}

/** Rows × nodes below which starting threads takes longer than it saves. */
const SMALL = 4_000_000;

/** `treeShap` on several threads, each with a stretch of the rows: the same numbers for any number of them. */
export async function treeShapTeam(
  trees: readonly ShapTree[],
  X: ShapRows,
  players: Int32Array,
  workers: number,
): Promise<TreeShapValues> {
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const members = X.rows * nodes < SMALL ? 1 : Math.min(workers, X.rows);
  if (members === 1) return treeShap(trees, X, players);
  const parts = Array.from({ length: members }, (_, m) => {
    const first = Math.floor((X.rows * m) / members);
    const end = Math.floor((X.rows * (m + 1)) / members);
    return { ...X, rows: end - first, data: X.data.slice(first * X.columns, end * X.columns) };
  });
  const others = parts.slice(1).map((part) => inThread({ trees, X: part, players }));
  const results = [treeShap(trees, parts[0], players), ...(await Promise.all(others))];
  const values = new Float64Array(results.reduce((sum, each) => sum + each.values.length, 0));
  let at = 0;
  for (const each of results) {
    values.set(each.values, at);
    at += each.values.length;
  }
  return { base: results[0].base, values };
}

function inThread(task: ShapTask): Promise<TreeShapValues> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadFile("explain/shap/shapWorker.js"), { workerData: task });
    thread.on("message", resolve);
    thread.on("error", reject);
    thread.on("exit", () =>
      reject(new DataError("explain: a worker thread ended before its work was done.")),
    );
  });
}
