/** How often something happened, and in which lines first (1-based). */
export interface Tallied {
  readonly count: number;
  readonly first_lines: readonly number[];
}

const KEPT_LINES = 5;

/** Counts odd things by reason and remembers the first lines of each, so that nothing is dropped or repaired silently. */
export class Tally {
  private readonly reasons = new Map<string, { count: number; first_lines: number[] }>();

  add(reason: string, line: number): void {
    const entry = this.reasons.get(reason);
    if (entry === undefined) this.reasons.set(reason, { count: 1, first_lines: [line] });
    else if (++entry.count <= KEPT_LINES) entry.first_lines.push(line);
  }

  /** Add what was counted elsewhere, in a part of the file before which `linesBefore` lines stand. */
  absorb(part: Readonly<Record<string, Tallied>>, linesBefore: number): void {
    for (const [reason, { count, first_lines }] of Object.entries(part)) {
      const entry = this.reasons.get(reason) ?? { count: 0, first_lines: [] };
      this.reasons.set(reason, entry);
      entry.count += count;
      const room = KEPT_LINES - entry.first_lines.length;
      for (const line of first_lines.slice(0, room)) entry.first_lines.push(line + linesBefore);
    }
  }

  count(reason: string): number {
    return this.reasons.get(reason)?.count ?? 0;
  }

  get total(): number {
    let sum = 0;
    for (const { count } of this.reasons.values()) sum += count;
    return sum;
  }

  /** Plain JSON by reason. */
  toJSON(): Record<string, Tallied> {
    return Object.fromEntries(this.reasons);
  }
}
