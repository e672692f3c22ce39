import type { FlowField } from "./fields.js";
import { parseTimeUs } from "./time.js";

const count = /^\d+$/;
const interval = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;

/**
 * One value of a Zeek log as the flow record holds it: microseconds, seconds, a count, 0 or 1, or text.
 * @returns undefined when the text is not of the field's format
 */
export function parseValue(format: FlowField["format"], text: string): number | string | undefined {
  switch (format) {
    case "string":
      return text;
    case "count":
    case "port": {
      const value = count.test(text) ? Number(text) : Number.NaN;
      return Number.isSafeInteger(value) ? value : undefined;
    }
    case "interval":
      return interval.test(text) ? Number(text) : undefined;
    case "bool":
      return text === "T" || text === "true" ? 1 : text === "F" || text === "false" ? 0 : undefined;
    case "time":
      return parseTimeUs(text);
  }
}
