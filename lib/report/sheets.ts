/** The sheet that a figure is drawn on; lengths in CSS pixels, 96 to the inch, so that 4 pixels are 3 points. */
export interface Sheet {
  /** From edge to edge. */
  readonly width: number;
  /** Height of the plot of curves and scatters; of the others the rows decide. */
  readonly plotHeight: number;
  readonly titleSize: number;
  readonly axisTitleSize: number;
  readonly labelSize: number;
  /** Notes at an edge. */
  readonly noteSize: number;
  /** Numbers in small cells are not set smaller than this; those that do not fit then are left out. */
  readonly smallest: number;
  /** Whether title and subtitle are drawn; in a paper the caption says them. */
  readonly titled: boolean;
}

/** The sheet of reports/figures and of the report. */
export const reportSheet: Sheet = {
  width: 380,
  plotHeight: 240,
  titleSize: 12.5,
  axisTitleSize: 11,
  labelSize: 10.5,
  noteSize: 9.5,
  smallest: 6,
  titled: true,
};

/** Text sizes of a paper: no text is smaller than 7 points. */
const paper = {
  titleSize: 11.5,
  axisTitleSize: 10.5,
  labelSize: 10,
  noteSize: 9.4,
  smallest: 9.4,
  titled: true,
};

/** Widths of a paper: one column (3.5 in) and both columns (7 in). The plot grows; texts and lines stay as they are. */
export const paperSheets = {
  single: { ...paper, width: 336, plotHeight: 200 },
  double: { ...paper, width: 672, plotHeight: 290 },
} as const satisfies Record<string, Sheet>;

export type PaperWidth = keyof typeof paperSheets;
