import { symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Makes `root` a project whose data is the folder `data`: a stratified split, features of single flows or with context. */
export function writeProject(root, data, { context = false } = {}) {
  symlinkSync(resolve(data), join(root, "data"));
  writeFileSync(join(root, "params.yaml"), params(context ? "{flows: 100, seconds: [5, 60]}" : "null"));
}

const params = (context) => `seed: 42
dataset: {path: data, files: null, dialect: auto, rows: null}
labels: {unknown: drop, empty: drop, background: drop, no_column: error}
audit: {shortcuts: report}
task: {target: binary}
features: {derived: [shares, rates], context: ${context}}
views:
  raw: []
  scaled:
  - {impute: median, indicator: true}
  - {log1p: [bytes, packets, s, bytes/s, packets/s, us]}
  - {one-hot: {unknown: other}}
  - {scale: standard}
run: {splits: [random], models: [majority], notebooks: []}
splits:
  random: {recipe: stratified, test: 0.3, validation: 0.2}
models:
  majority: {type: majority}
decision: {rule: max-f1}
eval: {bootstrap: {resamples: 1000, unit: flow}}
report: {headline: random}
threads: 2
`;
