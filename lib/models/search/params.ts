import { z } from "zod";
import { expectedText } from "../../base/issueText.js";
import { didYouMean } from "../../base/nearest.js";
import { correctedTwice } from "../correctedTwice.js";
import { keep } from "../select/params.js";

/** What a candidate is scored by. All are attack against benign, but macro_f1, which is over the target's classes. */
export const searchMetrics = ["average_precision", "roc_auc", "macro_f1", "log_loss"] as const;
export type SearchMetric = (typeof searchMetrics)[number];

/** A detector has an order of rows, and neither a threshold nor a probability while it is searched. */
const ofDetectors: readonly SearchMetric[] = ["average_precision", "roc_auc"];

const range = z.strictObject(
  {
    from: z.number().describe("lowest value"),
    to: z.number().describe("highest value"),
    log: z.boolean().default(false).describe("even on a logarithmic scale"),
    steps: z.int().min(2).max(1000).optional().describe("so many values, evenly; a grid needs it"),
  },
  {
    error: ({ code }) =>
      code === "invalid_type" ? "expected a list of values, or {from, to, log, steps}" : undefined,
  },
);
export type Range = z.infer<typeof range>;

/** Candidates of a random search that says nothing else. */
export const DRAWN = 20;
/** Folds of a search by folds that says nothing else. */
export const FOLDS = 3;
/** Most candidates of a search. */
const MOST = 10_000;

/** `search:` of a model's entry in params.yaml. */
export const searchParams = z.strictObject({
  method: z
    .enum(["random", "grid"])
    .default("random")
    .describe("random: candidates drawn from `over`; grid: every combination"),
  over: z
    .record(z.string(), z.union([range, z.array(z.unknown())]))
    .describe(
      "by parameter of the model: a list of values, or {from, to, log, steps}; also view and select.keep, as lists",
    ),
  candidates: z
    .int()
    .min(1)
    .max(MOST)
    .optional()
    .describe(`the budget: random draws so many (${DRAWN}), a larger grid is refused`),
  by: z
    .enum(["validation", "folds"])
    .default("validation")
    .describe("score on the validation rows, or on folds of the training rows, each held out once"),
  folds: z.int().min(2).max(32).optional().describe(`of by: folds (${FOLDS})`),
  groups: z
    .string()
    .optional()
    .describe(
      "of by: folds: a column whose groups stay together, or time: each fold is scored by models of the rows before it; " +
        "default: as the split goes",
    ),
  metric: z.enum(searchMetrics).default("average_precision").describe("what the best candidate is best in"),
  rows: z
    .int()
    .min(2)
    .optional()
    .describe("fit candidates on so many training rows at most, of each class its share"),
});
export type SearchParams = z.infer<typeof searchParams>;

/** What a search reaches beside the model's own parameters, by its path in the entry. */
export const aroundModel = { view: z.string(), "select.keep": keep } as const;

/** Views that a search chooses among; none where it leaves the entry's own. */
export function searchedViews(search: SearchParams | undefined): readonly string[] {
  const views = search?.over.view;
  return Array.isArray(views) ? (views as string[]) : [];
}

/** A model as a search sees it. */
interface Searched {
  readonly type: string;
  readonly kind: "classifier" | "detector";
  /** Its own parameters. */
  readonly shape: Readonly<Record<string, z.ZodType>>;
}

interface Fault {
  readonly path: string[];
  readonly message: string;
}

/** What of a `search` block the model cannot do, before anything runs. @param entry the model's entry, parsed */
export function searchFaults(
  { type, kind, shape }: Searched,
  entry: Readonly<Record<string, unknown>>,
): Fault[] {
  const search = entry.search as SearchParams | undefined;
  if (search === undefined) return [];
  const { over, method, by } = search;
  const around: Readonly<Record<string, z.ZodType>> = aroundModel;
  const names = [...Object.keys(shape), ...Object.keys(around)];
  const faults: Fault[] = [];
  const fault = (path: readonly string[], message: string): void => {
    faults.push({ path: ["search", ...path], message });
  };
  if (Object.keys(over).length === 0) {
    fault(["over"], `is empty: name parameters of ${type} and their values (it has: ${list(names)})`);
  }
  for (const [name, wanted] of Object.entries(over)) {
    const isAround = Object.hasOwn(around, name);
    const schema = isAround ? around[name] : Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (schema === undefined) {
      fault(
        ["over"],
        `"${name}" is no parameter of ${type} (has: ${list(names)}).${didYouMean(name, names)}`,
      );
      continue;
    }
    if (isAround && !Array.isArray(wanted)) {
      fault(["over", name], "give a list of values");
      continue;
    }
    if (name === "select.keep" && entry.select === undefined)
      fault(["over", name], "goes with select: say there by what columns are chosen");
    const wrong = Array.isArray(wanted)
      ? valueFaults(wanted, schema)
      : rangeFaults(wanted, schema, method === "grid");
    for (const message of wrong) fault(["over", name], message);
    if (!Array.isArray(wanted)) continue;
    for (const twice of wanted.flatMap((value) => correctedTwice({ ...entry, [name]: value })))
      fault(["over", name], twice.message);
  }
  if (faults.length === 0 && method === "grid") {
    const size = gridSize(search);
    const most = search.candidates ?? MOST;
    if (size > most) {
      fault(
        ["candidates"],
        `the grid has ${size} combinations, the budget is ${most}. Give fewer values, a larger budget, or method: random`,
      );
    }
  }
  if (kind === "detector" && !ofDetectors.includes(search.metric)) {
    const why = search.metric === "log_loss" ? "no probability" : "no threshold before it is chosen";
    fault(["metric"], `${type} gives a score and ${why}: expected one of ${ofDetectors.join(", ")}`);
  }
  if (by === "validation") {
    for (const key of ["folds", "groups"] as const)
      if (search[key] !== undefined) fault([key], "goes with by: folds");
  }
  return faults;
}

function valueFaults(values: readonly unknown[], schema: z.ZodType): string[] {
  if (values.length === 0) return ["is empty: a value at least is expected"];
  return values.flatMap((value) => {
    const issue = issueOf(value, schema);
    return issue === undefined ? [] : [`${JSON.stringify(value)} is not possible: ${issue}`];
  });
}

function rangeFaults({ from, to, log, steps }: Range, schema: z.ZodType, isGrid: boolean): string[] {
  if (!isNumeric(schema)) return ["is no number: give a list of values"];
  if (!(from < to)) return [`from ${from} is not below to ${to}`];
  if (log && from <= 0) return [`from ${from}: a logarithmic scale begins above 0`];
  if (isGrid && steps === undefined) return ["a grid needs values: a list, or steps beside from and to"];
  return [from, to].flatMap((end) => {
    const issue = issueOf(end, schema);
    return issue === undefined ? [] : [`${end} is not possible: ${issue}`];
  });
}

/** What is wrong with a value of a parameter, in a few words. */
function issueOf(value: unknown, schema: z.ZodType): string | undefined {
  const result = schema.safeParse(value);
  if (result.success) return undefined;
  return expectedText(result.error.issues[0]);
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}

interface NumberSchema {
  readonly type?: string;
  readonly anyOf?: readonly NumberSchema[];
  readonly oneOf?: readonly NumberSchema[];
}

/** Types that a parameter's values may have, in the words of JSON Schema. */
function typesOf(schema: z.ZodType): Set<string> {
  const found = new Set<string>();
  const open = [z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as NumberSchema];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.type !== undefined) found.add(next.type);
    open.push(...(next.anyOf ?? []), ...(next.oneOf ?? []));
  }
  return found;
}

function isNumeric(schema: z.ZodType): boolean {
  const types = typesOf(schema);
  return types.has("number") || types.has("integer");
}

/** Whether a parameter takes whole numbers alone. */
export function isWhole(schema: z.ZodType): boolean {
  const types = typesOf(schema);
  return types.has("integer") && !types.has("number");
}

function gridSize({ over }: SearchParams): number {
  return Object.values(over).reduce<number>(
    (product, wanted) => product * (Array.isArray(wanted) ? wanted.length : (wanted.steps ?? 1)),
    1,
  );
}
