/**
 * Labels without gaps: clusters that have a row get the numbers 0, 1, … in their order, negative labels stay.
 * @returns the new labels, and which of the old numbers are kept
 */
export function compact(
  labels: Int32Array,
  clusters: number,
): { readonly labels: Int32Array; readonly kept: number[] } {
  const used = new Uint8Array(clusters);
  for (const label of labels) if (label >= 0) used[label] = 1;
  const kept = Array.from(used.keys()).filter((c) => used[c] === 1);
  const next = new Int32Array(clusters).fill(-1);
  kept.forEach((c, i) => {
    next[c] = i;
  });
  return { labels: labels.map((label) => (label < 0 ? label : next[label])), kept };
}
