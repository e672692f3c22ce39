import type { Context, Place } from "./context.js";
import { GraphError } from "./errors.js";
import { interpolateAll } from "./template.js";
import {
  isList,
  isMap,
  type Scalar,
  spliced,
  typeName,
  type Yaml,
  YamlDate,
  type YamlMap,
} from "./yaml/value.js";

/** One stage of dvc.yaml before its texts are resolved: a name, its body and the names it may use. */
export interface Draft {
  readonly name: string;
  readonly group: string;
  readonly body: YamlMap;
  readonly context: Context;
}

/** A stage, or the stages that `foreach` and `matrix` make of it, in DVC's order and with its names (`stage@key`). */
export function expand(
  name: string,
  body: YamlMap,
  context: Context,
  file: string,
  warn: (line: string) => void,
): Draft[] {
  const generate = (all: readonly Iteration[], names: readonly string[], inner: YamlMap): Draft[] => {
    const used = names.filter((each) => context.has(each));
    if (used.length > 0) {
      const are = used.length > 1 ? "are" : "is";
      warn(
        `${used.join(" and ")} ${are} already specified, will be overwritten for stages generated from '${name}'`,
      );
    }
    return all.map(({ key, values }) => ({
      name: `${name}@${key}`,
      group: name,
      body: inner,
      context: context.over(values),
    }));
  };
  if (body.has("foreach")) {
    const place = { key: `stages.${name}.foreach`, file };
    const data = interpolateAll(body.get("foreach") as Yaml, context, place, { raw: true });
    const inner = body.get("do") as YamlMap;
    const all = iterations(data, place);
    return generate(all, isMap(data) ? ["item", "key"] : ["item"], inner);
  }
  if (body.has("matrix")) {
    const place = { key: `stages.${name}.matrix`, file };
    const inner: YamlMap = new Map([...body].filter(([key]) => key !== "matrix"));
    const data = interpolateAll(body.get("matrix") as Yaml, context, place, { raw: true }) as YamlMap;
    return generate(combinations(data, place), ["key", "item"], inner);
  }
  return [{ name, group: name, body, context }];
}

interface Iteration {
  readonly key: string;
  readonly values: YamlMap;
}

function iterations(data: Yaml, place: Place): Iteration[] {
  if (isMap(data)) {
    return [...data].map(([key, item]) => ({
      key: scalarText(key),
      values: new Map<Scalar, Yaml>([
        ["item", item],
        ["key", scalarText(key)],
      ]),
    }));
  }
  if (!isList(data)) {
    throw new GraphError(
      `failed to resolve '${place.key}' in '${place.file}': expected list/dictionary, got ${typeName(data)}`,
    );
  }
  const nested = data.some((item) => isList(item) || isMap(item));
  const all = data.map((item, i) => ({
    key: nested ? String(i) : scalarText(item as Scalar),
    values: new Map<Scalar, Yaml>([["item", item]]),
  }));
  // Equal texts collapse: the last one counts, at the place of the first.
  return [...new Map(all.map((each) => [each.key, each])).values()];
}

function combinations(matrix: YamlMap, place: Place): Iteration[] {
  let all: { texts: string[]; item: YamlMap }[] = [{ texts: [], item: new Map() }];
  for (const [variable, data] of matrix) {
    const list = valuesOf(data);
    if (list === undefined) {
      throw new GraphError(
        `failed to resolve '${place.key}' in '${place.file}': expected list in '${variable}', got ${typeName(data)}`,
      );
    }
    all = all.flatMap(({ texts, item }) =>
      list.map((value, i) => ({
        texts: [...texts, isList(value) || isMap(value) ? `${variable}${i}` : scalarText(value)],
        item: new Map(item).set(variable, value),
      })),
    );
  }
  const made = all.map(({ texts, item }) => {
    const key = texts.join("-");
    return {
      key,
      values: new Map<Scalar, Yaml>([
        ["item", item],
        ["key", key],
      ]),
    };
  });
  return [...new Map(made.map((each) => [each.key, each])).values()];
}

/** What Python's loop over a value gives: items, keys, characters. */
function valuesOf(data: Yaml): readonly Yaml[] | undefined {
  if (typeof data === "string") return [...data];
  if (isMap(data)) return [...data.keys()];
  return isList(data) ? data : undefined;
}

function scalarText(value: Scalar | YamlDate): string {
  return value instanceof YamlDate ? value.text : spliced(value);
}
