/**
 * A table in DVC's layout: columns two blanks apart, as wide as the longest cell or the header plus two; `md` gives a pipe
 * table with an empty line after it. Nothing for no rows.
 * @param header undefined: rows only
 */
export function textTable(
  header: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
  md = false,
): string {
  if (rows.length === 0) return "";
  const width = rows[0].map((_, i) =>
    Math.max(header === undefined ? 0 : header[i].length + 2, ...rows.map((row) => row[i].length)),
  );
  const lines =
    header === undefined
      ? plain(rows, width)
      : md
        ? markdown(header, rows, width)
        : plain([header, ...rows], width);
  return `${lines.join("\n")}\n${md ? "\n" : ""}`;
}

function plain(rows: readonly (readonly string[])[], width: readonly number[]): string[] {
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(width[i]))
      .join("  ")
      .trimEnd(),
  );
}

function markdown(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: readonly number[],
): string[] {
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(width[i])).join(" | ")} |`;
  const rule = `|${width.map((w) => `:${"-".repeat(w + 1)}`).join("|")}|`;
  return [line(header), rule, ...rows.map(line)];
}
