import type { Block } from "./document.js";
import { fixed } from "./numbers.js";
import type { Result } from "./results.js";
import { type Cell, textCell } from "./table.js";

/** Metrics whose spread is shown. */
const shown = [
  ["macro_f1", "Macro-F1"],
  ["average_precision", "Average precision"],
  ["roc_auc", "ROC-AUC"],
] as const;

/** How much the numbers move when training is repeated with other seeds; empty where no model has several. */
export function seedBlocks(results: readonly Result[]): Block[] {
  const rows = results.flatMap(({ model, file, metrics, details }) => {
    if (details.seeds === null || details.seeds.length === 0) return [];
    const seeds = [file.seed, ...details.seeds.map(({ seed }) => seed)];
    const parts = [metrics.test, ...details.seeds.map(({ test }) => test)];
    return [
      [
        textCell(model),
        textCell(seeds.join(", ")),
        ...shown.map(([name]) => spread(parts.map((part) => part[name]))),
      ],
    ];
  });
  if (rows.length === 0) return [];
  return [
    {
      kind: "table",
      table: {
        caption:
          "Training repeated with other seeds, each with a threshold of its own: mean (least to largest) on test. The first seed's model is the one in all other tables.",
        columns: [
          { name: "model", title: "Model" },
          { name: "seeds", title: "Seeds" },
          ...shown.map(([name, title]) => ({ name, title, align: "right" as const })),
        ],
        rows,
      },
    },
  ];
}

function spread(values: readonly (number | null)[]): Cell {
  const known = values.filter((value) => value !== null);
  if (known.length === 0)
    return { kind: "number", value: null, digits: 3, reason: "undefined for all seeds" };
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return textCell(`${fixed(mean, 3)} (${fixed(Math.min(...known), 3)} to ${fixed(Math.max(...known), 3)})`);
}
