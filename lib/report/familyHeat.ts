import { compareText } from "../base/json.js";
import { type Figure, figureOf } from "./figure.js";
import { absent, fixed } from "./numbers.js";
import { namesOf, type Result } from "./results.js";

type Grid<T> = readonly (readonly T[])[];

/**
 * Recall of every attack family by every result, each at its own threshold: a dark cell is a family that is found. A dash
 * marks a family that a test part lacks, a star one that training had not seen. Whatever there are fewer of stands
 * side by side, as a sheet has no end downwards.
 */
export function familyHeat(results: readonly Result[]): Figure {
  const { names, subtitle } = namesOf(results);
  const rows = new Map<string, number>();
  for (const { details } of results)
    for (const { family, point } of details.test.families)
      rows.set(family, (rows.get(family) ?? 0) + (point ?? 0));
  const families = [...rows.keys()].sort((a, b) => rows.get(b)! - rows.get(a)! || compareText(a, b));
  const cells = families.map((family) =>
    results.map(({ details }) => details.test.families.find((each) => each.family === family) ?? null),
  );
  const sentences = families.map(
    (family, i) =>
      `${family}: ${names.map((name, j) => `${name} ${shown(cells[i][j]?.point ?? null)}`).join(", ")}`,
  );
  // On one split a family is new to all or to none.
  const isNew = cells.map((row) => row.every((cell) => cell?.seen === false));
  const grid = {
    x: {
      title: new Set(results.map(({ model }) => model)).size === 1 ? "Split" : "Model",
      names,
    },
    y: { title: "Attack family", names: families.map((family, i) => `${family}${isNew[i] ? "*" : ""}`) },
    shade: cells.map((row) => row.map((cell) => cell?.point ?? 0)),
    text: cells.map((row, i) =>
      row.map((cell) => {
        if (cell === null || cell.point === null) return absent;
        return `${short(cell.point)}${cell.seen || isNew[i] ? "" : "*"}`;
      }),
    ),
  };
  const lacks = grid.text.some((row) => row.includes(absent)) ? `; ${absent}\u00a0not in test` : "";
  const turned = names.length > families.length;
  return figureOf(
    {
      kind: "heat",
      title: "Recall by attack family",
      subtitle: `${subtitle}, each at its own threshold; *\u00a0not in training${lacks}`,
      ...(turned
        ? { x: grid.y, y: grid.x, shade: transposed(grid.shade), text: transposed(grid.text) }
        : grid),
    },
    `Recall by attack family. ${sentences.join("; ")}.`,
  );
}

const shown = (value: number | null): string => (value === null ? absent : fixed(value, 3));

/** Two digits, as narrow as they can be: .98, 1.0 */
function short(share: number): string {
  const text = fixed(share, 2);
  return text.startsWith("0") ? text.slice(1) : fixed(share, 1);
}

function transposed<T>(grid: Grid<T>): T[][] {
  return (grid[0] ?? []).map((_, j) => grid.map((row) => row[j]));
}
