/** Rows of one part whose content occurs in training too. */
export interface SharedContent {
  readonly rows: number;
  /** Share of the part's rows, 0 to 1. */
  readonly share: number;
  /** Of those, rows whose label none of the equal training rows has. */
  readonly under_another_label: number;
}

/**
 * Count the rows of `part` whose content some row of the parts `against` has.
 * @param parts place in partNames, `content` group of equal content, `labels` code of the label, of each row
 */
export function sharedContent(
  parts: Int32Array,
  content: Int32Array,
  labels: Int32Array,
  against: readonly number[],
  part: number,
): SharedContent {
  const groups = content.reduce((most, group) => (group > most ? group : most), -1) + 1;
  // A group's label, -1 where it has no training row; those of the few groups with several labels stand apart.
  const label = new Int32Array(groups).fill(-1);
  const several = new Map<number, Set<number>>();
  for (let row = 0; row < parts.length; row++) {
    if (!against.includes(parts[row])) continue;
    const group = content[row];
    if (label[group] === -1) label[group] = labels[row];
    else if (label[group] !== labels[row]) {
      const known = several.get(group);
      if (known === undefined) several.set(group, new Set([label[group], labels[row]]));
      else known.add(labels[row]);
    }
  }
  let [all, rows, other] = [0, 0, 0];
  for (let row = 0; row < parts.length; row++) {
    if (parts[row] !== part) continue;
    all++;
    const group = content[row];
    if (label[group] === -1) continue;
    rows++;
    if (label[group] !== labels[row] && several.get(group)?.has(labels[row]) !== true) other++;
  }
  return { rows, share: all === 0 ? 0 : rows / all, under_another_label: other };
}
