import { GraphError } from "../errors.js";
import { isList, isMap, type Scalar, type Yaml, YamlDate, type YamlMap } from "../yaml/value.js";
import type { PlotRows, Row } from "./plotRows.js";
import { anchor, type Template } from "./plotTemplates.js";

/** Anchors that `--split` leaves open, for programs that fill them themselves. */
const SPLIT = [
  "color",
  "data",
  "plot_height",
  "plot_width",
  "shape",
  "stroke_dash",
  "title",
  "tooltip",
  "x_label",
  "y_label",
  "zoom_and_pan",
];
const COLORS = ["#945dd6", "#13adc7", "#f46837", "#48bb78", "#4299e1", "#ed8936", "#f56565"];
const DASHES = [
  [1n, 0n],
  [8n, 8n],
  [8n, 4n],
  [4n, 4n],
  [4n, 2n],
  [2n, 1n],
  [1n, 1n],
];
const SHAPES = ["circle", "square", "triangle", "diamond"];

export interface Filled {
  readonly content: YamlMap;
  /** Values of the anchors that were left open. */
  readonly open: YamlMap;
}

/**
 * Put a plot's data and names into a template.
 * @param split leave the anchors open that DVC's `--split` leaves open
 * @throws GraphError when the template has no place for the data
 */
export function fillTemplate(
  template: Template,
  plot: { readonly title: string; readonly revisions: readonly string[]; readonly data: PlotRows },
  split = false,
): Filled {
  const { data } = plot;
  if (!hasText(template.content, anchor("data"))) {
    throw new GraphError(`Template '${template.name}' is not using '${anchor("data")}' anchor`);
  }
  const { values, rows } = anchors(plot.revisions, data);
  const hasOptional = [...values.keys()].some((name) => hasText(template.content, anchor(name)));
  values.set("title", plot.title);
  values.set("x", escaped(data.x));
  values.set("y", escaped(data.y));
  values.set("x_label", data.xLabel);
  values.set("y_label", data.yLabel);
  // A template that tells no sources apart gets the names of both.
  values.set("data", hasOptional ? rows : data.rows);
  const open: YamlMap = new Map();
  const filling = new Map<string, Yaml>();
  for (const [name, value] of values) {
    // What has no meaning for this plot is filled in any case.
    const isEmpty = isMap(value) && value.size === 0;
    if (!split || isEmpty || !SPLIT.includes(name)) filling.set(anchor(name), value);
    else if (hasText(template.content, anchor(name))) open.set(anchor(name), value);
  }
  return { content: filled(template.content, filling) as YamlMap, open };
}

/** What the optional anchors stand for. Several sources of y are told apart by dash, shape, row and column. */
function anchors(
  revisions: readonly string[],
  { rows, sources, x, y }: PlotRows,
): { readonly values: Map<string, Yaml>; readonly rows: Row[] } {
  const kept = (["filename", "field"] as const).filter(
    (key) => sources.length > 1 && new Set(sources.map((source) => source[key])).size > 1,
  );
  const joined = kept.join("::");
  const groups = ["rev", ...(joined === "" ? [] : [joined])];
  const domain = [...new Set(sources.map((source) => kept.map((key) => source[key]).join("::")))].sort();
  const mark = (list: readonly Yaml[], field: string, names: readonly string[], legend: boolean): YamlMap =>
    new Map<Scalar, Yaml>([
      ["field", field],
      [
        "scale",
        new Map<Scalar, Yaml>([
          ["domain", [...names]],
          ["range", names.map((_, i) => list[i % list.length])],
        ]),
      ],
      ...(legend
        ? [
            [
              "legend",
              new Map([
                ["symbolFillColor", "transparent"],
                ["symbolStrokeColor", "grey"],
              ]),
            ] as [Scalar, Yaml],
          ]
        : []),
    ]);
  const facet: Yaml =
    joined === ""
      ? new Map()
      : new Map<Scalar, Yaml>([
          ["field", joined],
          ["sort", []],
        ]);
  const fields = (names: readonly string[]): Yaml => names.map((name) => new Map([["field", name]]));
  const values = new Map<string, Yaml>([
    ["color", mark(COLORS, "rev", revisions, false)],
    ["stroke_dash", joined === "" ? new Map() : mark(DASHES, joined, domain, true)],
    ["shape", joined === "" ? new Map() : mark(SHAPES, joined, domain, true)],
    ["row", facet],
    ["column", facet],
    ["group_by", groups],
    ["group_by_x", [...groups, x]],
    ["group_by_y", [...groups, y]],
    ["pivot_field", ["rev", ...kept].map((key) => `datum.${key}`).join(" + '::' + ")],
    ["tooltip", fields(["rev", x, y, ...(joined === "" ? [] : [joined])])],
    [
      "zoom_and_pan",
      new Map([
        ["name", "grid"],
        ["select", "interval"],
        ["bind", "scales"],
      ]),
    ],
    ["plot_width", 300n],
    ["plot_height", 300n],
  ]);
  return { values, rows: rows.map((row) => withSources(row, kept)) };
}

/** A row with what tells its source from others, and no more. */
function withSources(row: Row, kept: readonly string[]): Row {
  const result: Row = new Map(row);
  if (kept.length === 2) result.set(kept.join("::"), kept.map((key) => String(row.get(key))).join("::"));
  for (const key of ["filename", "field"]) if (kept.length !== 1 || kept[0] !== key) result.delete(key);
  return result;
}

/** Vega-Lite reads dots and brackets in field names as paths. */
function escaped(field: string): string {
  return field.replace(/[.[\]]/g, "\\$&");
}

function hasText(value: Yaml, text: string): boolean {
  if (typeof value === "string") return value === text;
  if (isList(value)) return value.some((item) => hasText(item, text));
  return isMap(value) && [...value.values()].some((item) => hasText(item, text));
}

function filled(value: Yaml, filling: ReadonlyMap<string, Yaml>): Yaml {
  if (typeof value === "string") {
    const whole = filling.get(value);
    if (whole !== undefined) return whole;
    let text = value;
    for (const [name, part] of filling) if (typeof part === "string") text = text.replaceAll(name, part);
    return text;
  }
  if (isList(value)) return value.map((item) => filled(item, filling));
  if (!isMap(value)) return value;
  return new Map([...value].map(([key, item]): [Scalar, Yaml] => [key, filled(item, filling)]));
}

/** As plain JavaScript data, for libraries. */
export function plain(value: Yaml): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof YamlDate) return value.text;
  if (isList(value)) return value.map(plain);
  if (isMap(value)) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  return value;
}
