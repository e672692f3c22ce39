import { fault, type Place } from "./context.js";
import { isList, isMap, type Scalar, spliced, YamlDate, type YamlMap } from "./yaml/value.js";

/** How mappings become options, `[parsing]` of .dvc/config. */
export interface OptionStyle {
  /** `boolean_optional`: false is `--no-name` instead of nothing. */
  readonly bool?: string;
  /** `append`: a list is `--name a --name b` instead of `--name a b`. */
  readonly list?: string;
}

/** A mapping as options of a command line: `{lr: 0.1, on: true, names: [a, b c]}` is `--lr 0.1 --on --names a 'b c'`. */
export function optionsText(map: YamlMap, place: Place, style: OptionStyle = {}): string {
  const parts: string[] = [];
  const add = (value: YamlMap, prefix: string): void => {
    for (const [key, item] of value) {
      const name = prefix + String(key);
      if (isMap(item)) add(item, `${name}.`);
      else if (item === true) parts.push(`--${name}`);
      else if (item === false) {
        if (style.bool === "boolean_optional") parts.push(`--no-${name}`);
      } else if (isList(item)) {
        if (item.some((inner) => isMap(inner) || isList(inner))) {
          throw fault(place, `Cannot interpolate nested iterable in '${name}'`);
        }
        const words = item.map((inner) => wordOf(inner as Scalar | YamlDate));
        if (style.list === "append") for (const word of words) parts.push(`--${name} ${word}`);
        else if (words.length > 0) parts.push(`--${name} ${words.join(" ")}`);
      } else parts.push(`--${name} ${wordOf(item)}`);
    }
  };
  add(map, "");
  return parts.join(" ").trimEnd();
}

/** Inside a list, booleans are Python's: True and False. */
function wordOf(value: Scalar | YamlDate): string {
  if (value instanceof YamlDate) return value.text;
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? shellQuote(value) : spliced(value);
}

/** Python's shlex.quote. */
export function shellQuote(text: string): string {
  if (text === "") return "''";
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
