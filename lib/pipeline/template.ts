import { type OptionStyle, optionsText } from "./commandOptions.js";
import { type Context, fault, type Place } from "./context.js";
import type { GraphError } from "./errors.js";
import { isList, isMap, repr, type Scalar, spliced, typeName, type Yaml, YamlDate } from "./yaml/value.js";

const EXPRESSION = /(?<!\\)\$\{([^\n]*?)\}/g;
/** The longest beginning of an expression that is a name with `.name` and `[name]` after it. */
const NAME = /^[^.[\]]+(?:\s*\.[^.[\]]+|\s*\[[^.[\]]+\])*/;

/** What may stand in a text besides scalars. */
export interface Splicing {
  /** In `cmd`, a mapping becomes command-line options. */
  readonly unpack?: OptionStyle;
  /** Lists and mappings pass as they are: data of foreach and matrix, and what stands outside `stages`. */
  readonly raw?: boolean;
}

/** Replace `${…}` in a text. A text that is one expression takes the value with its type; otherwise scalars are spliced in. */
export function interpolate(text: string, context: Context, place: Place, splicing: Splicing = {}): Yaml {
  const matches = [...text.matchAll(EXPRESSION)];
  if (matches.length === 1 && matches[0][0] === text) {
    const value = evaluate(matches[0][1], context, place);
    if (isMap(value) && splicing.unpack !== undefined) return optionsText(value, place, splicing.unpack);
    if ((isMap(value) || isList(value)) && !splicing.raw) throw notScalar(value, place);
    return value;
  }
  return text
    .replace(EXPRESSION, (_, expression: string) => {
      const value = evaluate(expression, context, place);
      if (isMap(value) && (splicing.unpack !== undefined || splicing.raw)) {
        return optionsText(value, place, splicing.unpack);
      }
      if (isList(value) && splicing.raw) return repr(value);
      if (isMap(value) || isList(value) || value instanceof YamlDate) throw notScalar(value, place);
      return spliced(value);
    })
    .replaceAll("\\${", "${");
}

/** Interpolate every text of some data, keys of mappings included. */
export function interpolateAll(value: Yaml, context: Context, place: Place, splicing: Splicing = {}): Yaml {
  if (typeof value === "string") return interpolate(value, context, place, splicing);
  if (isList(value)) return value.map((item) => interpolateAll(item, context, place, splicing));
  if (!isMap(value)) return value;
  return new Map(
    [...value].map(([key, item]) => [
      typeof key === "string" ? (interpolate(key, context, place) as Scalar) : key,
      interpolateAll(item, context, place, splicing),
    ]),
  );
}

function evaluate(expression: string, context: Context, place: Place): Yaml {
  const valid = NAME.exec(expression)?.[0] ?? "";
  if (expression.slice(valid.length).trim() !== "" || valid === "") {
    throw fault(place, parseFault(expression, valid.length));
  }
  const value = context.find(expression);
  if (value === undefined) {
    const name = expression.replace(/\s*\[/g, ".").replaceAll("]", "");
    throw fault(place, `Could not find '${name}'`, " ");
  }
  return value;
}

/** The words and the pointer of DVC's parser for what is not `name`, `.name` or `[name]`. */
function parseFault(expression: string, valid: number): string {
  const text = `\${${expression}}`;
  const at = valid + 2;
  const found = /^\w+/.exec(text.slice(at))?.[0] ?? text[at];
  const expected = valid === 0 ? "!W:(.[])" : "end of text";
  return (
    `${text}\n${" ".repeat(at)}^\n` +
    `ParseException: Expected ${expected}, found '${found}'  (at char ${at}), (line:1, col:${at + 1})`
  );
}

function notScalar(value: Yaml, place: Place): GraphError {
  return fault(place, `Cannot interpolate data of type '${typeName(value)}'`);
}
