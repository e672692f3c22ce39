import type { Interval } from "../eval/result.js";

/** What stands where there is no value. */
export const absent = "–";

/** A number with a fixed number of decimals; never "-0.000". */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text;
}

/** A whole number with commas between thousands. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 file", "4 files". @param many the plural of a noun that takes no s */
export function plural(n: number, noun: string, many = `${noun}s`): string {
  return `${count(n)} ${n === 1 ? noun : many}`;
}

/** A share of 1 in percent with one decimal; shares that would read 0.0% or 100.0% and are not keep more. */
export function percent(share: number): string {
  const text = fixed(100 * share, 1);
  const rounded = (text === "0.0" && share > 0) || (text === "100.0" && share < 1);
  return `${rounded ? fixed(100 * share, 3) : text}%`;
}

/** A size in bytes: 812 B, 40.2 kB, 1.3 MB (powers of 1000). */
export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  return size < 1e6 ? `${fixed(size / 1e3, 1)} kB` : `${fixed(size / 1e6, 1)} MB`;
}

/** A parameter as it is, at most six significant digits; exponents only where zeros would hide the number. */
export function plainNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** `plainNumber` with the thousands of its whole part separated: `62,825,648`, `4,370.69`. */
export function separated(value: number): string {
  const [, whole, rest] = /^(-?\d+)(.*)$/.exec(plainNumber(value)) ?? ["", plainNumber(value), ""];
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${rest}`;
}

/** `0.873 ± 0.012`: the value and half the width of its 95% interval; without an interval the value alone. */
export function interval({ point, lo, hi }: Pick<Interval, "point" | "lo" | "hi">, digits = 3): string {
  if (point === null) return absent;
  if (lo === null || hi === null) return fixed(point, digits);
  return `${fixed(point, digits)} ± ${fixed((hi - lo) / 2, digits)}`;
}

/** `0.873 [0.851, 0.890]`: the value and both ends of its 95% interval. */
export function intervalEnds({ point, lo, hi }: Pick<Interval, "point" | "lo" | "hi">, digits = 3): string {
  if (point === null || lo === null || hi === null) return interval({ point, lo, hi }, digits);
  return `${fixed(point, digits)} [${fixed(lo, digits)}, ${fixed(hi, digits)}]`;
}
