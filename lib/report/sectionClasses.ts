import type { AverageName, ClassMetrics, PartDetails } from "../eval/result.js";
import { type Block, paragraph } from "./document.js";
import type { Result } from "./results.js";
import { type Cell, type Column, countCell, numberCell, type ReportTable, textCell } from "./table.js";

const values: readonly { readonly name: AverageName; readonly title: string }[] = [
  { name: "precision", title: "Precision" },
  { name: "recall", title: "Recall" },
  { name: "f1", title: "F1" },
  { name: "roc_auc", title: "ROC-AUC" },
  { name: "average_precision", title: "AP" },
];

/** Every class against the rest, and the averages, where there are more than benign and attack. */
export function classBlocks({ details }: Result): Block[] {
  const { per_class: classes, averages } = details.test;
  if (classes.length <= 2) return [];
  return [
    { kind: "table", table: classTable(details) },
    ...(averages === null
      ? []
      : [
          { kind: "table", table: averageTable(details, averages) } satisfies Block,
          paragraph(
            "Macro weighs all classes equally, weighted by their flows, micro takes all decisions together. A class that does not define a value is not in its average; the last column names every class that is missing somewhere.",
          ),
        ]),
  ];
}

const right = (title: string, name = title.toLowerCase()): Column => ({ name, title, align: "right" });
const valueColumns = values.map(({ name, title }) => right(title, name));

function classTable({ split, model, test }: Result["details"]): ReportTable {
  return {
    caption: `Every class on the test part of split ${split}, ${model}: the most probable class is the decision. Areas are of the class against the rest.`,
    columns: [{ name: "class", title: "Class" }, right("Flows"), ...valueColumns],
    rows: test.per_class.map((row: ClassMetrics) => [
      textCell(row.class),
      countCell(row.n),
      ...values.map(({ name }) => numberCell(row[name], test.reasons[`per_class.${row.class}.${name}`])),
    ]),
  };
}

function averageTable(
  { split, model, test }: Result["details"],
  averages: NonNullable<PartDetails["averages"]>,
): ReportTable {
  return {
    caption: `Averages over the classes of the test part of split ${split}, ${model}.`,
    columns: [
      { name: "average", title: "Average" },
      ...valueColumns,
      { name: "without", title: "Not in all of them" },
    ],
    rows: (["macro", "weighted", "micro"] as const).map((kind): Cell[] => {
      const missing = test.per_class
        .map((row) => row.class)
        .filter((name) => values.some((value) => !averages[kind][value.name].over.includes(name)));
      return [
        textCell(kind),
        ...values.map(({ name }) =>
          numberCell(averages[kind][name].value, test.reasons[`averages.${kind}.${name}`]),
        ),
        textCell(missing.join(", ")),
      ];
    }),
  };
}
