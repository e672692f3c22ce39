import { didYouMean } from "../base/nearest.js";
import { ShapeError } from "./errors.js";
import { isList, isMap, type Yaml, type YamlMap } from "./yaml/value.js";

type Check = (value: Yaml, path: readonly string[]) => void;

const TOP: Readonly<Record<string, Check>> = {
  vars: list(either("string or mapping", isText, isMap)),
  stages: mapping,
  params: list(text),
  metrics: list(text),
  plots: list(either("string or mapping", isText, isMap)),
  artifacts: mapping,
};
const OUT_FLAGS: Readonly<Record<string, Check>> = {
  cache: flag,
  persist: flag,
  push: flag,
  remote: text,
  desc: text,
  type: text,
  labels: list(text),
  meta: anything,
};
const PLOT_FLAGS: Readonly<Record<string, Check>> = {
  ...OUT_FLAGS,
  x: anything,
  y: anything,
  x_label: text,
  y_label: text,
  title: text,
  template: text,
  header: flag,
};
const STAGE: Readonly<Record<string, Check>> = {
  cmd: either("string or list", isText, isList),
  wdir: text,
  desc: text,
  deps: list(text),
  params: list(either("string or mapping", isText, isMap)),
  outs: outputs(OUT_FLAGS),
  metrics: outputs(OUT_FLAGS),
  plots: outputs(PLOT_FLAGS),
  frozen: flag,
  always_changed: flag,
  meta: anything,
  vars: list(either("string or mapping", isText, isMap)),
};
/** Keys that DVC has and nidslab has not. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  datasets: "dataset dependencies",
  checkpoint: "checkpoints (DVC 3 has dropped them)",
};

/**
 * Check the shape of dvc.yaml before anything in it is used; unknown keys are refused by name.
 * @throws ShapeError in DVC's words
 */
export function checkDvcYaml(content: Yaml, name: string): YamlMap {
  const at = { name };
  try {
    if (content === null) return new Map();
    if (!isMap(content)) throw new Fault("expected a dictionary", []);
    keys(TOP)(content, []);
    const stages = content.get("stages");
    if (isMap(stages)) for (const [stage, body] of stages) checkStage(body, ["stages", String(stage)]);
    return content;
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const where = cause.path.length === 0 ? "" : `, in ${cause.path.join(" -> ")}`;
    throw new ShapeError(`'${at.name}' validation failed.\n\n${cause.text}${where}${cause.hint}`);
  }
}

class Fault extends Error {
  constructor(
    readonly text: string,
    readonly path: readonly string[],
    readonly hint = "",
  ) {
    super(text);
  }
}

function checkStage(body: Yaml, path: readonly string[]): void {
  if (!isMap(body)) throw new Fault("expected a dictionary", path);
  if (body.has("foreach")) {
    keys({ foreach: anything, do: mapping })(body, path);
    if (!body.has("do")) throw new Fault("required key not provided", [...path, "do"]);
    checkPlainStage(body.get("do") as YamlMap, [...path, "do"], STAGE);
    return;
  }
  checkPlainStage(body, path, { ...STAGE, matrix: mapping });
}

function checkPlainStage(
  body: YamlMap,
  path: readonly string[],
  known: Readonly<Record<string, Check>>,
): void {
  keys(known)(body, path);
  if (!body.has("cmd")) throw new Fault("required key not provided", [...path, "cmd"]);
}

function keys(known: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    for (const [key, item] of value as YamlMap) {
      const name = String(key);
      const check = known[name];
      if (check === undefined) {
        const missing = UNSUPPORTED[name];
        if (missing !== undefined) throw new Fault(`nidslab does not support ${missing}`, [...path, name]);
        throw new Fault("extra keys not allowed", [...path, name], didYouMean(name, Object.keys(known)));
      }
      check(item, [...path, name]);
    }
  };
}

function isText(value: Yaml): boolean {
  return typeof value === "string";
}

function anything(): void {}

function text(value: Yaml, path: readonly string[]): void {
  if (!isText(value)) throw new Fault("expected str", path);
}

function flag(value: Yaml, path: readonly string[]): void {
  if (typeof value !== "boolean") throw new Fault("expected bool", path);
}

function mapping(value: Yaml, path: readonly string[]): void {
  if (!isMap(value)) throw new Fault("expected a dictionary", path);
}

function list(item: Check): Check {
  return (value, path) => {
    if (!isList(value)) throw new Fault("expected a list", path);
    value.forEach((entry, i) => void item(entry, [...path, String(i)]));
  };
}

function either(what: string, ...tests: readonly ((value: Yaml) => boolean)[]): Check {
  return (value, path) => {
    if (!tests.some((test) => test(value))) throw new Fault(`expected ${what}`, path);
  };
}

/** `[path | {path: flags}]`; a plot may have a list of flags. */
function outputs(known: Readonly<Record<string, Check>>): Check {
  return list((item, path) => {
    if (isText(item)) return;
    if (!isMap(item)) throw new Fault("expected str or a dictionary", path);
    for (const [name, flags] of item) {
      for (const each of isList(flags) ? flags : [flags]) {
        if (!isMap(each)) throw new Fault("expected a dictionary", [...path, String(name)]);
        keys(known)(each, [...path, String(name)]);
      }
    }
  });
}
