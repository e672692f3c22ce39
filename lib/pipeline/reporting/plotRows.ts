import { GraphError } from "../errors.js";
import { readYaml } from "../yaml/read.js";
import { isList, isMap, type Yaml, type YamlMap } from "../yaml/value.js";
import type { PlotProps } from "./plotDefinitions.js";

/** Why a file gives no rows; `type` is the name that DVC's JSON has for it. */
export class PlotFault extends GraphError {
  constructor(
    readonly type: "FieldNotFoundError" | "PlotMetricTypeError",
    message: string,
  ) {
    super(message);
  }
}

/** One data point: fields by name. Values of CSV and TSV stay texts. */
export type Row = Map<string, Yaml>;

/** The rows of a plot in one revision, and the names that a template needs. */
export interface PlotRows {
  readonly rows: Row[];
  readonly x: string;
  readonly y: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Where y comes from: file (without the folder that all share) and field. */
  readonly sources: readonly { readonly filename: string; readonly field: string }[];
}

/** The field with the row's number, where no x is named. */
const STEP = "step";

/**
 * Content of a data file.
 * @param header false: columns of a CSV or TSV are called 0, 1, …
 * @throws GraphError for other kinds of files
 */
export function parsePlotFile(text: string, name: string, header: boolean): Yaml {
  if (/\.[ct]sv$/.test(name)) return separated(text, name.endsWith(".tsv") ? "\t" : ",", header);
  if (/\.(json|ya?ml)$/.test(name)) return readYaml(text, name);
  throw new PlotFault(
    "PlotMetricTypeError",
    `'${name}' - file type error\nOnly JSON, YAML, CSV and TSV formats are supported.`,
  );
}

function separated(text: string, delimiter: string, header: boolean): Yaml[] {
  const records = parseSeparated(text.replace(/^\ufeff/, ""), delimiter);
  if (records.length === 0) return [];
  const names = header ? records[0] : records[0].map((_, i) => String(i));
  return records
    .slice(header ? 1 : 0)
    .map((record) => new Map(names.map((name, i) => [name, record[i] ?? null])));
}

/** Records of RFC 4180; blank lines are no records. */
export function parseSeparated(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let field = "";
  let quoted = false;
  const endRecord = (): void => {
    if (record.length > 0 || field !== "") records.push([...record, field]);
    record = [];
    field = "";
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (char === '"' && field === "") quoted = true;
    else if (char === delimiter) {
      record.push(field);
      field = "";
    } else if (char === "\n" || char === "\r") {
      if (char === "\r" && text[i + 1] === "\n") i++;
      endRecord();
    } else field += char;
  }
  endRecord();
  return records;
}

/**
 * Rows for a plot, as DVC makes them: lists of mappings are found wherever they are in a file, x defaults to the row's
 * number and y to the last field, several y fields get a name of their own (`dvc_inferred_y_value`).
 * @param contents parsed files by name
 * @throws GraphError in DVC's words for fields that are not there and lengths that differ
 */
export function plotRows(
  id: string,
  props: PlotProps,
  contents: ReadonlyMap<string, Yaml>,
  revision: string,
): PlotRows | undefined {
  const points = new Map([...contents].map(([file, content]) => [file, datapoints(content)]));
  const axes = axesOf(id, props, contents);
  const xs = checked(pairs(axes.x), points);
  const ys = checked(pairs(axes.y), points);
  if (xs.length > 1 && xs.length !== ys.length) {
    throw new GraphError(
      `Cannot have different number of x and y data sources. Found ${xs.length} x and ${ys.length} y data sources.`,
    );
  }
  const severalX = new Set(xs.map(({ field }) => field)).size > 1;
  const severalY = new Set(ys.map(({ field }) => field)).size > 1;
  const x = severalX ? "dvc_inferred_x_value" : (xs[0]?.field ?? STEP);
  const y = severalY ? "dvc_inferred_y_value" : ys[0]?.field;
  const short = withoutCommonFolder(ys.map(({ file }) => file));
  const rows = ys.flatMap((source, i): Row[] => {
    const own = (points.get(source.file) ?? []).map((row) => new Map(row));
    const from = xs.length > 1 ? xs[i] : xs[0];
    const other = from === undefined ? undefined : (points.get(from.file) ?? []);
    if (other !== undefined && other.length !== own.length) {
      throw new GraphError(
        `Cannot join '${from?.field}' from '${from?.file}' and '${source.field}' from '${source.file}'. They have to have same length.`,
      );
    }
    own.forEach((row, k) => {
      if (severalY && row.has(source.field)) row.set("dvc_inferred_y_value", row.get(source.field) as Yaml);
      const value = from === undefined ? BigInt(k) : other?.[k].get(from.field);
      if (value !== undefined) row.set(x, value);
      row.set("rev", revision).set("filename", short[i]).set("field", source.field);
    });
    return own;
  });
  if (rows.length === 0 || y === undefined) return undefined;
  return {
    rows,
    x,
    y,
    xLabel: textOf(props.get("x_label")) ?? labelOf(axes.x, "x") ?? STEP,
    yLabel: textOf(props.get("y_label")) ?? labelOf(axes.y, "y") ?? "y",
    sources: ys.map(({ field }, i) => ({ filename: short[i], field })),
  };
}

function textOf(value: Yaml | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** `x` and `y` as fields by file. */
function axesOf(
  id: string,
  props: PlotProps,
  contents: ReadonlyMap<string, Yaml>,
): { readonly x?: YamlMap; readonly y?: YamlMap } {
  const [x, y] = [props.get("x"), props.get("y")];
  const allY = isMap(y) ? y : y === undefined ? lastField(id, contents) : new Map([[id, y]]);
  if (x === undefined) return allY === undefined ? {} : { y: allY };
  const allX: YamlMap = isMap(x)
    ? x
    : new Map(
        isMap(y)
          ? [...y].map(([file, fields]) => [file, isList(fields) ? fields.map(() => x) : x])
          : [[id, x]],
      );
  return allY === undefined ? { x: allX } : { x: allX, y: allY };
}

function lastField(id: string, contents: ReadonlyMap<string, Yaml>): YamlMap | undefined {
  for (const list of listsIn(contents.get(id) ?? null)) {
    const [first] = list;
    if (list.length > 0 && list.every(isMap)) {
      const field = [...(first as YamlMap).keys()].at(-1);
      return field === undefined ? undefined : new Map([[id, String(field)]]);
    }
  }
  return undefined;
}

interface Source {
  readonly file: string;
  readonly field: string;
}

function pairs(axis: YamlMap | undefined): Source[] {
  return [...(axis ?? [])].flatMap(([file, fields]) =>
    (isList(fields) ? fields : [fields]).map((field) => ({ file: String(file), field: String(field) })),
  );
}

function checked(sources: Source[], points: ReadonlyMap<string, readonly Row[]>): Source[] {
  for (const { file, field } of sources) {
    const first = points.get(file)?.[0];
    if (first === undefined || first.has(field)) continue;
    throw new PlotFault(
      "FieldNotFoundError",
      `Could not find provided field ('${field}') in data fields ('${[...first.keys()].join(", ")}').`,
    );
  }
  return sources;
}

/** Every list of a file: the whole content, or lists in mappings at any depth. */
function listsIn(content: Yaml): Yaml[][] {
  if (isList(content)) return [content];
  if (!isMap(content)) return [];
  return [...content.values()].flatMap((value) => (isMap(value) || isList(value) ? listsIn(value) : []));
}

/** Lists of mappings with the same keys; those of one file are laid beside one another. */
function datapoints(content: Yaml): Row[] {
  const rows: Row[] = [];
  for (const list of listsIn(content)) {
    if (list.length === 0 || !list.every(isMap)) continue;
    const names = new Set((list[0] as YamlMap).keys());
    if ((list as YamlMap[]).some((point) => [...point.keys()].some((key) => !names.has(key)))) continue;
    (list as YamlMap[]).forEach((point, i) => {
      rows[i] ??= new Map();
      for (const [key, value] of point) rows[i].set(String(key), value);
    });
  }
  return rows;
}

function labelOf(axis: YamlMap | undefined, several: string): string | undefined {
  const fields = new Set(pairs(axis).map(({ field }) => field));
  return fields.size === 0 ? undefined : fields.size === 1 ? [...fields][0] : several;
}

function withoutCommonFolder(files: readonly string[]): string[] {
  if (new Set(files).size < 2) return [...files];
  const parts = files.map((file) => file.split("/"));
  let shared = 0;
  while (parts.every((path) => path.length > shared + 1 && path[shared] === parts[0][shared])) shared++;
  return parts.map((path) => path.slice(shared).join("/"));
}
