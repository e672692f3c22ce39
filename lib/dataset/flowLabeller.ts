import { parseAddress } from "../flow/address.js";
import { parseTimeUs } from "../flow/time.js";
import { EMPTY, type FlowLabel, type LabelRule, type RuleValues } from "./labelRules.js";
import { ruleFields } from "./ruleFields.js";

/** Flows whose label is remembered: most flows of a log share what the rules look at. */
const REMEMBERED = 1 << 16;
const none: FlowLabel = { label: EMPTY, detail: EMPTY };

/** Gives flows the label of the last rule that holds, `(empty)` when none does. */
export class FlowLabeller {
  /** Columns of conn.log that the rules read: the order of the cells of `label`. */
  readonly columns: readonly string[];
  private readonly known = new Map<string, FlowLabel | string>();
  private readonly values: CellValues;
  private readonly backwards: readonly LabelRule[];

  constructor(private readonly rules: readonly LabelRule[]) {
    this.columns = [...new Set(rules.flatMap(({ columns }) => columns))];
    this.values = new CellValues(this.columns);
    this.backwards = [...rules].reverse();
  }

  /** The line of the first rule that reads a column. */
  lineOf(column: string): number {
    return this.rules.find(({ columns }) => columns.includes(column))?.line ?? 0;
  }

  /**
   * @param cells the flow's values of `columns` as the log has them; null: unset
   * @returns its label, or why it has none: `bad_value_<column>`
   */
  label(cells: readonly (string | null)[]): FlowLabel | string {
    const key = cells.join("\u0000");
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const fault = this.values.set(cells);
    const found = fault ?? this.backwards.find((rule) => rule.holds(this.values)) ?? none;
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(key, found);
    return found;
  }
}

type Kind = "address" | "number" | "text" | "time";

/** One flow's cells, parsed once for all rules. */
class CellValues implements RuleValues {
  private readonly kinds: ReadonlyMap<string, Kind>;
  private readonly texts = new Map<string, string | null>();
  private readonly numbers = new Map<string, number>();
  private readonly addresses = new Map<string, Uint8Array | null>();

  constructor(private readonly columns: readonly string[]) {
    this.kinds = new Map(
      columns.map((column) => [
        column,
        ruleFields.find((field) => field.columns.includes(column))?.kind ?? "text",
      ]),
    );
  }

  /** @returns what is wrong with a cell; undefined: nothing */
  set(cells: readonly (string | null)[]): string | undefined {
    for (const [i, column] of this.columns.entries()) {
      const cell = cells[i];
      this.texts.set(column, cell);
      const kind = this.kinds.get(column);
      if (kind === "address") {
        const address = cell === null ? null : parseAddress(cell);
        if (address === undefined) return `bad_value_${column}`;
        this.addresses.set(column, address);
      } else if (kind !== "text") {
        const value = cell === null ? Number.NaN : kind === "time" ? parseTimeUs(cell) : decimal(cell);
        if (value === undefined) return `bad_value_${column}`;
        this.numbers.set(column, value);
      }
    }
    return undefined;
  }

  text(column: string): string | null {
    return this.texts.get(column) ?? null;
  }

  number(column: string): number {
    return this.numbers.get(column) ?? Number.NaN;
  }

  time(column: string): number {
    return this.number(column);
  }

  address(column: string): Uint8Array | null {
    return this.addresses.get(column) ?? null;
  }
}

function decimal(text: string): number | undefined {
  return /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;
}
