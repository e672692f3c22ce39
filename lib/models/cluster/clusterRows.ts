import { ParamsError } from "../../base/errors.js";
import { issueText } from "../../base/issueText.js";
import { didYouMean } from "../../base/nearest.js";
import { Rng } from "../../base/rng.js";
import type { Clustering, Matrix } from "./contract.js";
import { clusterers } from "./registry.js";

/**
 * Cluster rows by a type and its parameters, as cluster.clusterers of params.yaml names them: for notebooks.
 * @param X rows × columns, numbers without NaN, columns alike in size
 * @throws ParamsError for a type or a parameter that is not known; DataError for fewer rows than clusters
 */
export async function clusterRows(
  X: Matrix,
  { type, ...own }: { readonly type: string; readonly [parameter: string]: unknown },
  { seed = 42, workers = 1 }: { readonly seed?: number; readonly workers?: number } = {},
): Promise<Clustering> {
  const definition = clusterers.find((each) => each.type === type);
  const names = clusterers.map((each) => each.type);
  if (definition === undefined) {
    throw new ParamsError(`cluster: no type "${type}" (has: ${names.join(", ")}).${didYouMean(type, names)}`);
  }
  const parsed = definition.params.safeParse(own);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const found = issue.path.reduce<unknown>(
      (value, key) => (value as typeof own | undefined)?.[String(key)],
      own,
    );
    throw new ParamsError(`cluster: ${[type, ...issue.path].join(".")}: ${issueText(issue, found)}.`);
  }
  return definition.create(parsed.data).fit(X, { rng: Rng.root(seed).fork("cluster"), workers });
}
