import type { Rng } from "../base/rng.js";
import type { Table } from "../table/table.js";
import { type Content, drawContent, type ShortFamily } from "./content.js";
import { drawShare } from "./draw.js";
import { type Coded, codedColumn } from "./groups.js";
import { present } from "./recipes/group.js";
import { blocksOfTime, lastShare } from "./recipes/time.js";
import { groupRows, keep } from "./rows.js";

export interface Validation {
  /** 1 for each row of the table that is validation. */
  readonly drawn: Uint8Array;
  readonly leftOut: readonly ShortFamily[];
}

/** How validation is drawn inside a training part. */
export interface ValidationDraw {
  readonly share: number;
  /** `time`, `blocks`, a column, or undefined: a share of each family, rows of equal content together. */
  readonly by: string | undefined;
}

/** Draw validation rows among `train`, and nowhere else. */
export function drawValidation(
  flows: Table,
  train: Int32Array,
  families: Coded,
  content: Content,
  { share, by }: ValidationDraw,
  rng: Rng,
): Validation {
  if (by === undefined) return drawContent(train, families, content.groups, share, rng);
  if (by === "time") {
    const drawn = new Uint8Array(flows.rows);
    for (const row of lastShare(flows, train, share).last) drawn[row] = 1;
    return { drawn, leftOut: [] };
  }
  const { codes, count } = by === "blocks" ? blocksOfTime(flows, train) : columnGroups(flows, by);
  const { sizes } = groupRows(codes, train, count);
  const there = present(sizes);
  const chosen = new Uint8Array(count);
  if (there.length >= 2) {
    drawShare(
      there.map((code) => sizes[code]),
      share,
      rng.fork(by),
    ).forEach((taken, i) => {
      chosen[there[i]] = taken;
    });
  }
  const without = keep(train, (row) => codes[row] < 0);
  const { drawn, leftOut } = drawContent(without, families, content.groups, share, rng);
  for (const row of train) if (codes[row] >= 0) drawn[row] = chosen[codes[row]];
  return { drawn, leftOut };
}

function columnGroups(flows: Table, name: string): ReturnType<typeof blocksOfTime> {
  const { codes, values } = codedColumn(flows, name);
  return { codes, count: values.length };
}
