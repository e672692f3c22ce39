import { baseRates } from "../eval/alerts.js";
import type { CalibrationInfo } from "../onnx/calibrationInfo.js";
import { type Block, code, note, paragraph, sentence } from "./document.js";
import { count, fixed } from "./numbers.js";
import { type ReportInput, type Result, resultsOf } from "./results.js";
import { type Cell, type Column, countCell, numberCell, type ReportTable, textCell } from "./table.js";

/** What the thresholds would mean for whoever reads the alerts, and what calibration did. */
export function alertSection(input: ReportInput): Block[] {
  const split = input.settings.headline;
  const results = resultsOf(input, split);
  const calibrated = results.filter(({ file }) => (file.calibration?.method ?? "none") !== "none");
  return [
    { kind: "subheading", text: "What an analyst would see" },
    { kind: "table", table: alertTable(split, results) },
    paragraph(
      "An alert is a flow at or above the threshold. Alerts an hour are those of one site, over the time that the test flows amount to. The last columns keep each model's recall and false positive rate and change only how many flows are attacks: one in a hundred, in a thousand, in ten thousand. Where a false positive rate rests on n benign flows, less than about 3/n cannot be told from none: a precision of 1 there is no promise.",
    ),
    ...results.flatMap(({ model, file }) =>
      file.threshold_note === undefined ? [] : [note(...sentence`${code(model)}: ${file.threshold_note}.`)],
    ),
    ...(calibrated.length === 0 ? [] : calibrationBlocks(split, calibrated)),
  ];
}

const right = (name: string, title: string): Column => ({ name, title, align: "right" });

function alertTable(split: string, results: readonly Result[]): ReportTable {
  return {
    caption: `Alerts on split ${split} at the frozen thresholds, and precision where attacks are rarer than in the data.`,
    columns: [
      { name: "model", title: "Model" },
      right("validation_alerts_per_10k", "Alerts of 10,000 flows, validation"),
      right("test_alerts_per_10k", "Alerts of 10,000 flows, test"),
      right("test_alerts_per_hour", "Alerts an hour, test"),
      right("test_precision", "Precision, test"),
      ...baseRates.map((rate) => right(`precision_at_${rate}`, `Precision, attacks 1 in ${oneIn(rate)}`)),
    ],
    rows: results.map(({ model, metrics: { validation, test }, details }) => [
      textCell(model),
      rateCell(validation.alerts_per_10k_flows, details.validation.reasons.alerts_per_10k_flows),
      rateCell(test.alerts_per_10k_flows, details.test.reasons.alerts_per_10k_flows),
      rateCell(test.alerts_per_hour, details.test.reasons.alerts_per_hour),
      numberCell(test.precision, details.test.reasons.precision),
      ...baseRates.map((rate) =>
        numberCell(
          test.precision_at_base_rate[rate],
          details.test.reasons[`precision_at_base_rate.${rate}`],
          4,
        ),
      ),
    ]),
  };
}

/** Whole alerts, with a decimal where there are few. */
function rateCell(value: number | null, reason: string | undefined): Cell {
  return value !== null && value >= 100 ? countCell(Math.round(value)) : numberCell(value, reason, 1);
}

/** "0.001" as "1,000". */
const oneIn = (rate: string): string => count(Math.round(1 / Number(rate)));

type Fitted = Extract<CalibrationInfo, { rows: number }>;

function calibrationBlocks(split: string, results: readonly Result[]): Block[] {
  const names = { brier: "Brier", log_loss: "log loss", ece: "ECE" } as const;
  const keys = Object.keys(names) as (keyof typeof names)[];
  const table: ReportTable = {
    caption: `Calibration on the validation part of split ${split}: errors before, and after by calibrators that did not see the row.`,
    columns: [
      { name: "model", title: "Model" },
      { name: "method", title: "Calibration" },
      { name: "parameters", title: "Parameters" },
      right("rows", "Rows"),
      ...keys.flatMap((key) => [
        right(`${key}_before`, `${names[key]}, before`),
        right(`${key}_after`, `${names[key]}, after`),
      ]),
      right("test_ece", "ECE, test"),
    ],
    rows: results.map(({ model, file, metrics, details }) => {
      const calibration = file.calibration as Fitted;
      const why = "too few rows of one kind for calibrators that did not see a row";
      return [
        textCell(model),
        textCell(calibration.method),
        textCell(parameterWords(calibration.parameters)),
        countCell(calibration.rows),
        ...keys.flatMap((key) => [
          numberCell(calibration.out_of_fold?.before[key] ?? null, why, 4),
          numberCell(calibration.out_of_fold?.after[key] ?? null, why, 4),
        ]),
        numberCell(metrics.test.ece, details.test.reasons.ece, 4),
      ];
    }),
  };
  return [
    { kind: "table", table },
    paragraph(
      "A calibrated model was fitted to its validation rows: its Brier score, log loss and ECE on validation are those of rows that it has seen, and say little; the columns above and the test part do.",
    ),
  ];
}

/** "temperature 1.32"; "slope 0.71, intercept −0.2"; "14 points"; of several classes how many stayed as they are. */
function parameterWords({ temperature, classes = {} }: Fitted["parameters"]): string {
  if (temperature !== undefined) return `temperature ${fixed(temperature, 3)}`;
  const maps = Object.values(classes);
  const [only] = maps;
  if (maps.length === 1) {
    if ("slope" in only) return `slope ${fixed(only.slope, 3)}, intercept ${fixed(only.intercept, 3)}`;
    return "x" in only ? `${only.x.length} points` : only.unchanged;
  }
  const unchanged = Object.keys(classes).filter((name) => "unchanged" in classes[name]);
  return `each of ${maps.length} classes${unchanged.length === 0 ? "" : `; unchanged: ${unchanged.join(", ")}`}`;
}
