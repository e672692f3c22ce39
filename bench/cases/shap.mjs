import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { treeShapTeam } from "../../dist/explain/shap/treeShapTeam.js";
import { startPeer } from "../peer.mjs";

const script = fileURLToPath(new URL("../peers/treeshap.py", import.meta.url));

/** SHAP values of 100 rows by the peer's own forest: 100 trees, not pruned, on KDDTrain+. */
export async function prepare(data) {
  const folder = mkdtempSync(join(tmpdir(), "nidslab-shap-"));
  const python = process.env.NIDSLAB_PYTHON ?? "python3";
  const path = join(folder, "forest.json");
  const { status, stderr } = spawnSync(python, [script, data, path], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the peer's forest could not be made: ${stderr}`);
  const { trees: saved, x } = JSON.parse(readFileSync(path, "utf8"));
  rmSync(folder, { recursive: true });
  const trees = saved.map((tree) => ({
    feature: Int32Array.from(tree.feature),
    threshold: Float64Array.from(tree.threshold),
    left: Int32Array.from(tree.left),
    right: Int32Array.from(tree.right),
    missingLeft: Uint8Array.from(tree.missing),
    cover: Float64Array.from(tree.cover),
    leaf: Float64Array.from(tree.leaf),
  }));
  const X = { rows: x.length, columns: x[0].length, data: Float32Array.from(x.flat()) };
  const players = Int32Array.from({ length: X.columns }, (_, j) => j);
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  return {
    settings: `treeShap, ${trees.length} trees, ${nodes} nodes, ${X.rows} rows, 2 workers`,
    async run() {
      const start = performance.now();
      await treeShapTeam(trees, X, players, 2);
      return (performance.now() - start) / 1000;
    },
  };
}

/** A script called shap.py would stand before the package of that name. */
export const preparePeer = (data) => startPeer(script, data);
