import { readFileSync } from "node:fs";
import { messageOf } from "../../base/errors.js";
import type { Yaml } from "../yaml/value.js";
import { type PlotDefinition, type PlotProps, plotDefinitions, sourcesOf } from "./plotDefinitions.js";
import { PlotFault, type PlotRows, parsePlotFile, plotRows } from "./plotRows.js";
import type { Revision } from "./revision.js";

/** Why a plot has no data in a revision. */
export interface PlotError {
  readonly name: string;
  readonly revision: string;
  readonly source?: string;
  readonly type: string;
  readonly message: string;
}

interface Named {
  /** Its id, with the dvc.yaml before it where several places define the same one. */
  readonly id: string;
  readonly title: string;
  readonly errors: readonly PlotError[];
}

/** A plot over all revisions that were asked for. */
export type Plot =
  | (Named & {
      readonly kind: "image";
      readonly images: readonly {
        readonly revision: string;
        readonly filename: string;
        readonly bytes: Buffer;
      }[];
    })
  | (Named & {
      readonly kind: "rows";
      /** A built-in template, or a file; undefined for the default one. */
      readonly template?: string;
      readonly revisions: readonly string[];
      /** Undefined when no revision has any row. */
      readonly data?: PlotRows;
    });

const IMAGE = /\.(jpe?g|gif|png|svg)$/;

/** Collect plots: definitions of every revision, their files, and rows. @param warn gets what is wrong with a definition */
export function collectPlots(
  revisions: readonly Revision[],
  targets: readonly string[],
  props: PlotProps,
  warn: (line: string) => void,
): Plot[] {
  const groups = new Map<string, { readonly revision: Revision; readonly definition: PlotDefinition }[]>();
  for (const revision of revisions) {
    const definitions = plotDefinitions(revision, targets, props);
    const firstOf = (id: string): number => definitions.findIndex((each) => each.id === id);
    // Those of one id stand together.
    for (const definition of [...definitions].sort((a, b) => firstOf(a.id) - firstOf(b.id))) {
      const isShared = definitions.filter((other) => other.id === definition.id).length > 1;
      const key =
        isShared && definition.config !== "" ? `${definition.config}::${definition.id}` : definition.id;
      groups.set(key, [...(groups.get(key) ?? []), { revision, definition }]);
    }
  }
  return [...groups].map(([id, group]) => {
    const inner = group[0].definition.id;
    // Properties of the first revision count, those of later ones fill what it does not say.
    const joint = new Map([...group].reverse().flatMap(({ definition }) => [...definition.props]));
    return IMAGE.test(inner) ? imagePlot(inner, group) : rowsPlot(id, joint, group, props, warn);
  });
}

type Group = readonly { readonly revision: Revision; readonly definition: PlotDefinition }[];

function imagePlot(id: string, group: Group): Plot {
  const errors: PlotError[] = [];
  const images = group.flatMap(({ revision }) => {
    const path = revision.locate(revision.resolve(id));
    if (path === undefined) {
      errors.push(missing(id, revision.name, id));
      return [];
    }
    return [{ revision: revision.name, filename: id, bytes: readFileSync(path) }];
  });
  return { kind: "image", id, title: id, errors, images };
}

function rowsPlot(
  id: string,
  joint: PlotProps,
  group: Group,
  cliProps: PlotProps,
  warn: (line: string) => void,
): Plot {
  const errors: PlotError[] = [];
  const found: { readonly revision: string; readonly data: PlotRows }[] = [];
  for (const { revision, definition } of group) {
    const contents = new Map<string, Yaml>();
    for (const source of sourcesOf(definition)) {
      const path = revision.locate(revision.resolve(source));
      if (path === undefined) {
        errors.push(missing(id, revision.name, source));
        continue;
      }
      try {
        const header = (cliProps.get("header") ?? definition.props.get("header")) !== false;
        contents.set(source, parsePlotFile(readFileSync(path, "utf8"), source, header));
      } catch (cause) {
        errors.push({ name: id, revision: revision.name, source, ...described(cause) });
      }
    }
    try {
      const data = plotRows(definition.id, joint, contents, revision.name);
      if (data !== undefined) found.push({ revision: revision.name, data });
    } catch (cause) {
      warn(`In '${revision.name}', ${messageOf(cause).toLowerCase()}`);
      errors.push({ name: id, revision: revision.name, ...described(cause) });
    }
  }
  const title = joint.get("title");
  const template = joint.get("template");
  return {
    kind: "rows",
    id,
    title: typeof title === "string" ? title : id,
    errors,
    revisions: [...new Set(found.map(({ revision }) => revision))],
    ...(typeof template === "string" ? { template } : {}),
    ...(found.length === 0
      ? {}
      : { data: { ...found[0].data, rows: found.flatMap(({ data }) => data.rows) } }),
  };
}

function described(cause: unknown): { readonly type: string; readonly message: string } {
  const type = cause instanceof PlotFault ? cause.type : "DvcException";
  return { type, message: messageOf(cause) };
}

function missing(name: string, revision: string, source: string): PlotError {
  const message = `[Errno 2] No such file or directory: '${source}'`;
  return { name, revision, source, type: "FileNotFoundError", message };
}
