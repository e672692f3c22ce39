import { DataError } from "../base/errors.js";

/** `site-small-forest` → split `site`, model `small-forest`: a key is cut at its first "-". */
export function splitKey(key: string): { readonly split: string; readonly model: string } {
  const at = key.indexOf("-");
  if (at < 1 || at === key.length - 1) {
    throw new DataError(
      `run-stage: key "${key}" is not <split>-<model>. Example: nidslab run-stage train site-boosting.`,
    );
  }
  return { split: key.slice(0, at), model: key.slice(at + 1) };
}
