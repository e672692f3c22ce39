/**
 * A figure before it is drawn: what it shows, with no word of any drawing library. `vegaLite.ts` draws it for paper,
 * `plotly.ts` for a browser.
 */

/**
 * One axis. `log` begins at zero: the scale is logarithmic above `unit` and linear below it (symlog), so that a count
 * of 0 has its place. Say "log scale" in the title.
 */
export interface Axis {
  readonly title: string;
  readonly scale?: "linear" | "log";
  /** Fixed ends of a linear axis; without it the data decide. */
  readonly domain?: readonly [number, number];
  /** Of a log axis: the smallest value that matters (default 1). */
  readonly unit?: number;
}

interface Titled {
  readonly title: string;
  /** A second, quieter line: the split, the model, what a mark means. */
  readonly subtitle?: string;
}

/** Curves. */
export interface LineChart extends Titled {
  readonly kind: "lines";
  readonly x: Axis;
  readonly y: Axis;
  /** How points are joined: straight, or with the value of a point kept until the next one. */
  readonly join: "linear" | "step-after" | "step-before";
  readonly series: readonly {
    readonly name: string;
    readonly x: ArrayLike<number>;
    readonly y: ArrayLike<number>;
  }[];
  /** What stands above the names of the curves. */
  readonly legend?: string;
  /** Straight grey lines for reference, such as chance or a threshold. */
  readonly references?: readonly {
    readonly name: string;
    readonly from: readonly [number, number];
    readonly to: readonly [number, number];
  }[];
}

/** One row a category, one mark a series in it, with an optional interval; null leaves the place empty. */
export interface DotChart extends Titled {
  readonly kind: "dots";
  readonly x: Axis;
  readonly rows: readonly {
    readonly name: string;
    /** Rows of one section stand together under its name. */
    readonly section?: string;
    /** Small text at the right edge. */
    readonly note?: string;
  }[];
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
    readonly lo?: readonly (number | null)[];
    readonly hi?: readonly (number | null)[];
  }[];
}

/** Horizontal bars from zero, one group a category. */
export interface BarChart extends Titled {
  readonly kind: "bars";
  readonly x: Axis;
  readonly categories: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** A grid of shaded cells with text in them. */
export interface HeatChart extends Titled {
  readonly kind: "heat";
  readonly x: { readonly title: string; readonly names: readonly string[] };
  readonly y: { readonly title: string; readonly names: readonly string[] };
  /** rows × columns, 0 (white) to 1 (dark). */
  readonly shade: readonly (readonly number[])[];
  readonly text: readonly (readonly string[])[];
}

/** Points. */
export interface ScatterChart extends Titled {
  readonly kind: "scatter";
  /** Few points, each of which matters. */
  readonly large?: boolean;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    readonly x: ArrayLike<number>;
    readonly y: ArrayLike<number>;
  }[];
}

/**
 * One row of points a name, spread upwards and downwards where they are dense (`swarm`); the colour of a point says
 * where its own value lies between low and high. For contributions of a model's columns, many flows a column.
 */
export interface BeeswarmChart extends Titled {
  readonly kind: "beeswarm";
  /** A linear axis; a thin line marks its zero. */
  readonly x: Axis;
  readonly rows: readonly {
    readonly name: string;
    readonly x: ArrayLike<number>;
    /** Per point, 0 (low) to 1 (high); NaN: it has no value, and is drawn hollow. */
    readonly shade: ArrayLike<number>;
    /** Per point, the value that a person reads when hovering. */
    readonly text?: readonly string[];
  }[];
  /** What the colours mean. */
  readonly color: { readonly title: string; readonly low: string; readonly high: string };
}

/**
 * From a base value to a sum, one signed step a row, each beginning where the last one ended. Names differ from each other.
 */
export interface WaterfallChart extends Titled {
  readonly kind: "waterfall";
  /** A linear axis. */
  readonly x: Axis;
  readonly base: { readonly name: string; readonly value: number };
  readonly steps: readonly { readonly name: string; readonly value: number }[];
  /** Name of the last row, where base and steps add up. */
  readonly sum: string;
}

/** One box a name: a line from 5% to 95% of the values, a box over their middle half, a bar at the median. */
export interface BoxChart extends Titled {
  readonly kind: "boxes";
  readonly x: Axis;
  readonly rows: readonly {
    readonly name: string;
    /** Small text at the right edge. */
    readonly note?: string;
    /** Values at 5, 25, 50, 75 and 95%; null leaves the row empty. */
    readonly quantiles: readonly [number, number, number, number, number] | null;
  }[];
}

/**
 * A tree of mergers lying on its side: leaves at the left, one a row from top to bottom, each merger at its height. Leaves
 * are numbered 0 … n-1, merger m is n + m; lines do not cross when the leaves stand in the tree's own order.
 */
export interface DendrogramChart extends Titled {
  readonly kind: "dendrogram";
  /** A linear axis: height. */
  readonly x: Axis;
  readonly leaves: readonly { readonly name: string }[];
  readonly mergers: readonly { readonly left: number; readonly right: number; readonly height: number }[];
}

/** The lines of a dendrogram: from the height of the part to that of the merger, and upright between the two parts. */
export function dendrogramLines({ leaves, mergers }: Pick<DendrogramChart, "leaves" | "mergers">): readonly {
  readonly x: number;
  readonly y: number;
  readonly x2: number;
  readonly y2: number;
}[] {
  const at = leaves.map((_, i) => ({ x: 0, y: i }));
  return mergers.flatMap(({ left, right, height }) => {
    const [a, b] = [at[left], at[right]];
    at.push({ x: height, y: (a.y + b.y) / 2 });
    return [
      { x: a.x, y: a.y, x2: height, y2: a.y },
      { x: b.x, y: b.y, x2: height, y2: b.y },
      { x: height, y: a.y, x2: height, y2: b.y },
    ];
  });
}

export type Chart =
  | LineChart
  | DotChart
  | BarChart
  | HeatChart
  | ScatterChart
  | BeeswarmChart
  | WaterfallChart
  | BoxChart
  | DendrogramChart;

/**
 * Colours that stay apart for the common kinds of colour blindness and, in this order, in greys too.
 * Source: Okabe and Ito 2008, "Color Universal Design"; yellow left out as it is too light for lines on white.
 */
export const palette = ["#0072B2", "#D55E00", "#009E73", "#B0578D", "#E69F00", "#56B4E9", "#333333"] as const;
/** Dashes (pixels on, off, …), so that lines differ without colour as well. */
export const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4], [4, 2, 1, 2], [1, 2]] as const;
/** Marks, by their names in Vega. */
export const shapes = [
  "circle",
  "square",
  "diamond",
  "triangle-up",
  "cross",
  "triangle-down",
  "triangle-right",
] as const;

/**
 * Low to high, from dark to light in even steps, so that the order survives grey and colour-blindness. The lightest
 * tenth of the scale is left out: it cannot be seen on white.
 * Source: Nuñez, Anderton and Renslow 2018, "Optimizing colormaps with consideration for color vision deficiency"
 * (cividis), PLoS ONE 13(7).
 */
export const sequential = ["#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#e6cf52"] as const;
/** Steps upwards and downwards: vermilion and blue of `palette`, the one lighter than the other. */
export const signs = { up: palette[1], down: palette[0] } as const;

/** How the `index`-th series looks: after the seventh the colours come again with the next dash and mark. */
export function look(index: number): {
  readonly color: string;
  readonly dash: readonly number[];
  readonly shape: (typeof shapes)[number];
} {
  const shift = Math.floor(index / palette.length);
  return {
    color: palette[index % palette.length],
    dash: dashes[(index + shift) % dashes.length],
    shape: shapes[(index + shift) % shapes.length],
  };
}

/** Ticks of a log axis that begins at zero: 0 and the powers of ten times `unit` up to `max`, at most about eight. */
export function logTicks(max: number, unit = 1): number[] {
  const powers = Math.max(0, Math.floor(Math.log10(max / unit) + 1e-9));
  const stride = Math.max(1, Math.ceil(powers / 7));
  const ticks = [0];
  for (let power = 0; power <= powers; power += stride)
    ticks.push(Number((unit * 10 ** power).toPrecision(1)));
  return ticks;
}

/** A tick in few letters: 0.001, 10, 1,000, 1M, 1G. */
export function tickText(value: number): string {
  if (value >= 1e9) return `${value / 1e9}G`;
  if (value >= 1e6) return `${value / 1e6}M`;
  if (value >= 1e3) return `${value / 1e3}k`;
  return String(value);
}

/** Largest finite value of a log axis's data, at least its unit. */
export function largest(values: Iterable<number | null>, unit = 1): number {
  let max = unit;
  for (const value of values) if (value !== null && value > max && Number.isFinite(value)) max = value;
  return max;
}
