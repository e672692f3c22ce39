import type { Divisible, Division } from "../division.js";
import { codedColumn } from "../groups.js";
import { counted, keep } from "../rows.js";

/** The parts that the dataset's authors published: column `official_part`. */
export function official({ flows, rows }: Divisible): Division {
  const { codes, values } = codedColumn(flows, "official_part");
  const of = (part: string): Int32Array => keep(rows, (row) => values[codes[row]] === part);
  const [train, test] = [of("train"), of("test")];
  return { train, test, unused: counted("no_official_part", rows.length - train.length - test.length) };
}
