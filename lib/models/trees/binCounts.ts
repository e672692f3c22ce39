/** Nodes with fewer rows than this are added up in one lane. */
const MANY = 512;

/**
 * Count the rows begin … end-1 of a node by bin and class. Most columns hold one value nearly everywhere, so that
 * each addition would wait for the one before it: four lanes, added at the end, let four run at a time.
 */
export function addUp(
  lanes: Int32Array,
  used: number,
  column: Uint8Array | Uint16Array,
  rows: Int32Array,
  tags: Int32Array,
  begin: number,
  end: number,
  k: number,
): void {
  const lane = lanes.length >> 2;
  lanes.fill(0, 0, used);
  let i = begin;
  if (end - begin >= MANY) {
    for (let l = 1; l < 4; l++) lanes.fill(0, l * lane, l * lane + used);
    for (; i + 3 < end; i += 4) {
      const tag0 = tags[i];
      const tag1 = tags[i + 1];
      const tag2 = tags[i + 2];
      const tag3 = tags[i + 3];
      const at0 = column[rows[i]] * k + (tag0 & 255);
      const at1 = column[rows[i + 1]] * k + (tag1 & 255) + lane;
      const at2 = column[rows[i + 2]] * k + (tag2 & 255) + 2 * lane;
      const at3 = column[rows[i + 3]] * k + (tag3 & 255) + 3 * lane;
      lanes[at0] += tag0 >> 8;
      lanes[at1] += tag1 >> 8;
      lanes[at2] += tag2 >> 8;
      lanes[at3] += tag3 >> 8;
    }
    for (let b = 0; b < used; b++) lanes[b] += lanes[b + lane] + lanes[b + 2 * lane] + lanes[b + 3 * lane];
  }
  for (; i < end; i++) {
    const tag = tags[i];
    lanes[column[rows[i]] * k + (tag & 255)] += tag >> 8;
  }
}

/** Whether the k counts from `at` on are all 0. */
export function isEmpty(histogram: Int32Array, at: number, k: number): boolean {
  for (let c = 0; c < k; c++) if (histogram[at + c] !== 0) return false;
  return true;
}
