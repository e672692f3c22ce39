import { codeCounts, mappedCodes, type TextColumn } from "../table/table.js";

/** Rows by value of a text column that comes batch by batch, each batch with a dictionary of its own. */
export class TextCounts {
  private readonly index = new Map<string, number>();
  private readonly totals: number[] = [];
  private readonly parts: Int32Array[] | undefined;

  /** @param options.keep remember the code of every row, for `column` */
  constructor(options: { readonly keep: boolean } = { keep: false }) {
    this.parts = options.keep ? [] : undefined;
  }

  /** @returns the codes of the batch's rows, the same for all batches; -1 is missing */
  add({ codes, dictionary }: TextColumn): Int32Array {
    const map = dictionary.map((value) => {
      const known = this.index.get(value);
      if (known !== undefined) return known;
      this.index.set(value, this.totals.length);
      return this.totals.push(0) - 1;
    });
    const own = mappedCodes(codes, map);
    codeCounts(codes, map.length).forEach((rows, code) => {
      this.totals[map[code]] += rows;
    });
    this.parts?.push(own);
    return own;
  }

  /** Rows by value, in order of first appearance. */
  counts(): Record<string, number> {
    const names = [...this.index.keys()];
    return Object.fromEntries(
      names.map((value, code) => [value, this.totals[code]] as const).filter(([, n]) => n > 0),
    );
  }

  /** All rows as one column; empty unless codes were kept. */
  column(): TextColumn {
    const parts = this.parts ?? [];
    const codes = new Int32Array(parts.reduce((rows, part) => rows + part.length, 0));
    let at = 0;
    for (const part of parts) {
      codes.set(part, at);
      at += part.length;
    }
    return { kind: "text", codes, dictionary: [...this.index.keys()] };
  }
}
