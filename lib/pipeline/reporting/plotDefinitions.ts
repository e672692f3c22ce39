import { dirname, resolve, sep } from "node:path";
import { GraphError } from "../errors.js";
import { isList, isMap, type Scalar, type Yaml, type YamlMap } from "../yaml/value.js";
import type { Revision } from "./revision.js";

/** What dvc.yaml and the command line say about a plot; `x` and `y` are fields, or fields by file. */
export type PlotProps = ReadonlyMap<string, Yaml>;

/** A plot of one revision: `id` is a path as the user sees it, or the name that dvc.yaml gives it. */
export interface PlotDefinition {
  readonly id: string;
  /** The dvc.yaml that defines it at its top level, as the user sees it; "" for outputs of stages and for targets. */
  readonly config: string;
  readonly props: PlotProps;
}

const PROPS = ["template", "x", "y", "x_label", "y_label", "title", "header"];

/**
 * The plots of a revision: those at the top level of each dvc.yaml, outputs of stages, and files that are targets.
 * @param targets regular expressions on ids, as in DVC, or files; none for everything
 * @param props what the command line says: it comes before dvc.yaml
 */
export function plotDefinitions(
  revision: Revision,
  targets: readonly string[],
  props: PlotProps,
): PlotDefinition[] {
  const { project } = revision;
  const found: PlotDefinition[] = [];
  for (const file of project.dvcFiles()) {
    const config = project.show(file.path);
    found.push(...topLevel(revision, { path: file.path, config, plots: file.plots }, targets, props));
  }
  for (const out of project.nodes().flatMap((node) => node.outs.filter((each) => each.role === "plot"))) {
    if (isList(out.plot)) throw new GraphError("Multiple plots per data file not supported.");
    const own = new Map(
      [...(isMap(out.plot) ? out.plot : [])].filter(([key]) => PROPS.includes(String(key))),
    );
    if (!matches(targets, project.show(out.absolute), "")) continue;
    found.push(...unpacked(revision, out.absolute, merged(own, props)));
  }
  for (const target of targets) {
    const path = revision.resolve(target);
    const isThere = revision.locate(path) !== undefined || revision.files(path) !== undefined;
    if (isThere || found.length === 0) found.push(...unpacked(revision, path, props));
  }
  // A path that is named twice in one place has the properties of both.
  const byPlace = new Map<string, PlotDefinition>();
  for (const each of found) {
    const key = `${each.config}\0${each.id}`;
    const before = byPlace.get(key);
    byPlace.set(key, before === undefined ? each : { ...each, props: merged(before.props, each.props) });
  }
  return [...byPlace.values()];
}

function topLevel(
  revision: Revision,
  file: { readonly path: string; readonly config: string; readonly plots: readonly Yaml[] },
  targets: readonly string[],
  props: PlotProps,
): PlotDefinition[] {
  const folder = dirname(file.path);
  const items = file.plots.map((item): [string, YamlMap] => {
    if (!isMap(item)) return [String(item), new Map()];
    const [[id, own]] = item;
    return [String(id), isMap(own) ? own : new Map()];
  });
  const parents = items.map(([id]) => resolve(folder, id));
  return items.flatMap(([id, own]) => {
    if (!matches(targets, id, file.config)) return [];
    if (isMap(own.get("y"))) {
      const adjusted = new Map(
        [...own].map(([key, value]) => [String(key), byFile(value, folder, revision)]),
      );
      return [{ id, config: file.config, props: merged(adjusted, props) }];
    }
    const path = resolve(folder, id);
    // A file in a folder belongs to the definition that names it most closely.
    return unpacked(revision, path, merged(own, props), file.config).filter(
      (each) => closest(revision.resolve(each.id), parents) === path,
    );
  });
}

/** File names in `x` and `y` are relative to their dvc.yaml; ids are relative to the folder of the call. */
function byFile(value: Yaml, folder: string, revision: Revision): Yaml {
  if (!isMap(value)) return value;
  return new Map(
    [...value].map(([file, fields]): [Scalar, Yaml] => [
      revision.project.show(resolve(folder, String(file))),
      fields,
    ]),
  );
}

function unpacked(revision: Revision, path: string, props: PlotProps, config = ""): PlotDefinition[] {
  const files = revision.locate(path) === undefined ? (revision.files(path) ?? [path]) : [path];
  return files.map((file) => ({ id: revision.project.show(file), config, props }));
}

function closest(path: string, parents: readonly string[]): string {
  const above = parents.filter((parent) => path === parent || path.startsWith(parent + sep));
  return above.reduce((best, parent) => (parent.length > best.length ? parent : best), "");
}

function matches(targets: readonly string[], id: string, config: string): boolean {
  if (targets.length === 0) return true;
  const names = config === "" ? [id] : [id, `${config}::${id}`];
  return targets.some((target) => names.some((name) => startsWith(name, target)));
}

/** Python's `re.match`; a target that is no regular expression counts as text. */
function startsWith(name: string, target: string): boolean {
  try {
    return new RegExp(`^(?:${target})`).test(name);
  } catch {
    return name.startsWith(target);
  }
}

function merged(first: Iterable<readonly [unknown, Yaml]>, second: PlotProps): PlotProps {
  return new Map([...[...first].map(([key, value]): [string, Yaml] => [String(key), value]), ...second]);
}

/** The files that a plot takes its rows from. */
export function sourcesOf(definition: PlotDefinition): string[] {
  const [x, y] = [definition.props.get("x"), definition.props.get("y")];
  const sources = isMap(y) ? [...y.keys()].map(String) : [definition.id];
  if (isMap(x)) sources.push(String([...x.keys()][0]));
  return [...new Set(sources)];
}
