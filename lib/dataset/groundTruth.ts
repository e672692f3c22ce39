import { FormatError } from "../base/errors.js";

/** One attack run as its authors wrote it down. */
export interface AttackRun {
  readonly site: string | null;
  readonly day: string | null;
  /** Microseconds, UTC. */
  readonly startUs: number;
  readonly endUs: number;
  readonly attackers: readonly string[];
  readonly victims: readonly string[];
  /** Destination ports as `tcp/80`; empty: not known. */
  readonly ports: ReadonlySet<string>;
  readonly label: string;
  /** Number of flows that the file gives; null where it gives none. */
  readonly flows: number | null;
}

const required = ["start", "end", "attacker", "victim", "label"];

/** Whether a file's first line is that of a table of attack runs, whatever the file is called. */
export function isGroundTruth(firstLine: string): boolean {
  const names = cellsOf(firstLine.replace(/^\ufeff/, "").trim()).map((name) => name.toLowerCase());
  return required.every((name) => names.includes(name));
}

/**
 * Parse a table of attack runs: CSV with a header that names start and end (Unix seconds), attacker, victim (addresses,
 * several divided by blanks), label, and where known site, day, ports (`tcp/21-23 25; udp/53`) and flows.
 * @throws FormatError with the line for a missing column or a value that cannot be read
 */
export function parseGroundTruth(text: string, path = "ground-truth.csv"): AttackRun[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  const header = cellsOf(lines[0]).map((name) => name.trim().toLowerCase());
  const absent = required.filter((name) => !header.includes(name));
  if (absent.length > 0) {
    throw new FormatError(
      `ground truth: ${path} lacks the column${absent.length > 1 ? "s" : ""} ${absent.join(", ")} (has: ${header.join(", ")}).`,
    );
  }
  return lines.flatMap((line, i) => {
    if (i === 0 || line.trim() === "") return [];
    const cells = cellsOf(line);
    const value = (name: string): string => (cells[header.indexOf(name)] ?? "").trim();
    const fault = (name: string, expected: string): FormatError =>
      new FormatError(
        `ground truth: ${path}, line ${i + 1}: ${name} is "${value(name)}"; ${expected} was expected.`,
      );
    const time = (name: string): number => {
      const us = microseconds(value(name));
      if (us === undefined) throw fault(name, "a time in Unix seconds");
      return us;
    };
    const flows = value("flows") === "" ? null : Number(value("flows"));
    if (flows !== null && !Number.isInteger(flows)) throw fault("flows", "a whole number");
    if (value("label") === "") throw fault("label", "the name of an attack");
    return [
      {
        site: header.includes("site") ? value("site").toLowerCase() : null,
        day: header.includes("day") ? value("day").replace(/^day[-_]?/i, "") : null,
        startUs: time("start"),
        endUs: time("end"),
        attackers: words(value("attacker")),
        victims: words(value("victim")),
        ports: portsOf(value("ports")),
        label: value("label"),
        flows,
      },
    ];
  });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** `1795169166.957990` → microseconds, without the rounding of a double. */
function microseconds(text: string): number | undefined {
  const parts = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (parts === null) return undefined;
  return Number(parts[1]) * 1e6 + Number((parts[2] ?? "").padEnd(6, "0").slice(0, 6));
}

/** `tcp/21-23 25; udp/53` → tcp/21, tcp/22, tcp/23, tcp/25, udp/53. */
function portsOf(text: string): Set<string> {
  const ports = new Set<string>();
  for (const group of text.split(";")) {
    const [, proto, list] = /^\s*(\w+)\/(.*)$/.exec(group) ?? [];
    for (const word of words(list ?? "")) {
      const [from, to = from] = word.split("-").map(Number);
      for (let port = from; port <= to && port <= 65535; port++) ports.add(`${proto}/${port}`);
    }
  }
  return ports;
}

/** The cells of a line of CSV; a quoted cell may hold commas and doubled quotes. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  for (const [, quoted, plain] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
  return cells;
}
