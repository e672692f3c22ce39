import {
  anyList,
  anyMapping,
  anything,
  type Check,
  either,
  flag,
  keys,
  listOf,
  named,
  nothing,
  shapeError,
  text,
  unsupported,
} from "./shape.js";
import { isMap, type Yaml, type YamlMap } from "./yaml/value.js";

const ANNOTATIONS = { desc: text, type: text, labels: listOf(text), meta: anything };

const FLAGS = {
  ...ANNOTATIONS,
  cache: flag,
  persist: flag,
  checkpoint: unsupported("checkpoints (DVC 3 has dropped them); remove the key"),
  remote: text,
  push: flag,
};

const PLOT_FLAGS = keys({
  ...FLAGS,
  template: text,
  x: text,
  y: text,
  x_label: text,
  y_label: text,
  title: text,
  header: flag,
});

/** A plot of the whole file: what is drawn may come from several files. */
const PLOT = keys({
  x: either(text, named(text)),
  y: either(text, listOf(text), named(either(text, listOf(text)))),
  x_label: text,
  y_label: text,
  title: text,
  template: text,
});

const VARS = listOf(text, anyMapping);
const OUTPUTS = listOf(either(text, named(keys(FLAGS))));

const STAGE = keys(
  {
    matrix: named(either(text, anyList)),
    cmd: either(text, anyList),
    wdir: text,
    deps: listOf(text),
    params: listOf(either(text, anyMapping)),
    vars: VARS,
    frozen: flag,
    meta: anything,
    desc: text,
    always_changed: flag,
    outs: OUTPUTS,
    metrics: OUTPUTS,
    plots: listOf(either(text, named(either(PLOT_FLAGS, listOf(PLOT_FLAGS))))),
  },
  "cmd",
);

const GENERATED = keys({ foreach: either(anyMapping, anyList, text), do: STAGE }, "foreach", "do");

const stage: Check = (value, path) => {
  const generated = isMap(value) && (value.has("foreach") || value.has("do"));
  return (generated ? GENERATED : STAGE)(value, path);
};

const DVC_YAML = keys({
  datasets: unsupported("dataset dependencies (datasets:)"),
  plots: listOf(either(text, named(either(PLOT, nothing)))),
  stages: named(stage),
  vars: VARS,
  params: listOf(text),
  metrics: listOf(text),
  artifacts: named(keys({ ...ANNOTATIONS, path: text }, "path")),
});

/**
 * Check the shape of dvc.yaml before anything in it is used; unknown keys are refused by name.
 * @param source its text, for the lines that the message shows
 * @throws ShapeError in DVC's words
 * Source: DVC 3.67.1, dvc/schema.py.
 */
export function checkDvcYaml(content: Yaml, name: string, source: string): YamlMap {
  if (content === null) return new Map();
  const flaws = DVC_YAML(content, []);
  if (flaws.length > 0) throw shapeError(name, flaws, source);
  return content as YamlMap;
}
