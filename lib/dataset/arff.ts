/** The declarations at the beginning of an ARFF file. */
export interface ArffHead {
  /** Names of the attributes, without their quotes. */
  readonly names: readonly string[];
  /** Lines up to the first record: `@data`, comments and blank lines included. */
  readonly lines: number;
  /** What follows without comments: records of comma-separated values. */
  readonly data: string;
}

const attribute = /^@attribute\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\s([^\s{]+))/i;

/**
 * The declarations of an ARFF file (Weka) that begins with `head`; undefined when it is none, or they do not end there.
 * Words are known in any case, comments (%) and blank lines are skipped. Sparse data are not understood.
 * Source: Witten, Frank, Hall and Pal 2016, Data Mining, 4th edition, section 2.4.
 */
export function arffHead(head: string): ArffHead | undefined {
  if (!/^\s*[@%]/.test(head)) return undefined;
  const lines = head.split("\n");
  const names: string[] = [];
  for (const [i, line] of lines.entries()) {
    const text = line.trim();
    if (/^@data\b/i.test(text)) {
      const first = lines.findIndex((line, at) => at > i && !/^\s*(%|$)/.test(line));
      const before = first < 0 ? i + 1 : first;
      const data = lines.slice(before).filter((line) => !line.startsWith("%"));
      return { names, lines: before, data: data.join("\n") };
    }
    const found = attribute.exec(text);
    if (found !== null) names.push((found[1] ?? found[2] ?? found[3]).replaceAll(/\\(.)/g, "$1").trim());
    else if (text !== "" && !text.startsWith("%") && !/^@relation\b/i.test(text)) return undefined;
  }
  return undefined;
}
