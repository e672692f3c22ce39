import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../base/errors.js";
import { GraphError } from "../pipeline/errors.js";
import { git } from "../pipeline/gitFiles.js";
import type { Project } from "../pipeline/project.js";
import { fillTemplate } from "../pipeline/reporting/plotSpec.js";
import { collectPlots, type Plot } from "../pipeline/reporting/plots.js";
import { findTemplate, templateNames } from "../pipeline/reporting/plotTemplates.js";
import { type Revisions, WORKSPACE, withRevisions } from "../pipeline/reporting/revision.js";
import { pythonJson, type Yaml, type YamlMap } from "../pipeline/yaml/value.js";
import type { Command } from "./command.js";
import { graphVerb, type Options, warnLine, wrongWord } from "./graphVerb.js";

const help = `Draw the plots of the last run, or of several revisions over one another.

usage: nidslab plots show [options] [targets...]
       nidslab plots diff [options] [revisions...]
       nidslab plots templates [name]

targets: files, or names of plots in dvc.yaml (regular expressions); default all
revisions: default HEAD (when something has changed) and the files as they are
  -o, --out FOLDER     where index.html goes (default dvc_plots, or plots.out_dir of .dvc/config)
  --targets NAME...    diff: only these plots
  -t, --template NAME  a built-in template, or a file in .dvc/plots
  -x FIELD, -y FIELD   what the axes show
  --x-label TEXT, --y-label TEXT, --title TEXT
                       what stands at the axes and above
  --no-header          the CSV or TSV has no line of names: its columns are 0, 1, …
  --json               as JSON: Vega-Lite with the rows in it, as DVC gives it
  --split              with --json: leave the anchors open that programs fill
  --show-vega          print the Vega-Lite of one target
  --cd FOLDER          as if called in FOLDER

example: nidslab plots diff HEAD~1`;

const spec = [
  "-o|--out=",
  "--targets=...",
  "-t|--template=",
  "-x=",
  "-y=",
  "--x-label=",
  "--y-label=",
  "--title=",
  "--no-header",
  "--json",
  "--split",
  "--show-vega",
  "--open",
  "--html-template=",
  "-e|--experiment",
];

export const command: Command = {
  summary: "draw plots, also of several revisions (plots show, plots diff)",
  help,
  run: (args) => graphVerb(args, spec, help, run, 1),
};

async function run(options: Options, open: () => Project): Promise<number> {
  const [what, ...rest] = options.targets;
  if (what === "modify") throw new UsageError('plots: "modify" is not supported by nidslab: edit dvc.yaml.');
  if (what === "templates") return templates(rest);
  if (what !== "show" && what !== "diff") throw wrongWord("plots", ["show", "diff", "templates"], what);
  refuseUnsupported(options);
  const targets = what === "show" ? rest : options.all("targets");
  if (options.has("show-vega")) {
    if (targets.length === 0) throw new GraphError("please specify a target for `--show-vega`");
    if (targets.length > 1) throw new GraphError("you can only specify one target for `--show-vega`");
    if (options.has("json")) {
      throw new GraphError("'--show-vega' and '--json' are mutually exclusive options.");
    }
  }
  const project = open();
  const plots = withRevisions(project, (revisions) => {
    const names = what === "show" ? [WORKSPACE] : revisionNames(rest, project, revisions);
    const opened = names.map((name) => revisions.open(name));
    return collectPlots(opened, targets, propsOf(options), warnLine);
  });
  const unread = plots.flatMap((plot) => plot.errors.filter(({ source }) => source !== undefined));
  const failed = [...new Set(unread.map(({ revision }) => revision))];
  if (failed.length > 0) {
    process.stderr.write(`DVC failed to load some plots for following revisions: '${failed.join(", ")}'.\n`);
  }
  const out = resolve(
    project.cwd,
    options.value("out") ?? project.config.get("plots", "out_dir") ?? "dvc_plots",
  );
  if (options.has("json")) {
    process.stdout.write(`${pythonJson(asJson(plots, project, out, options.has("split")))}\n`);
    return 0;
  }
  if (plots.length === 0) {
    process.stderr.write("No plots were loaded, visualization file will not be created.\n");
    return 0;
  }
  if (options.has("show-vega")) {
    const found = plots.find((plot) => plot.kind === "rows");
    if (found !== undefined)
      process.stdout.write(`${pythonJson(specOf(found, project, false)?.content ?? new Map())}\n`);
    return 0;
  }
  const { plotsPage } = await import("../pipeline/reporting/plotsPage.js");
  const html = await plotsPage(plots, project);
  mkdirSync(out, { recursive: true });
  const path = join(out, "index.html");
  writeFileSync(path, html);
  process.stdout.write(`${pathToFileURL(path).href}\n`);
  return 0;
}

function templates([name, extra]: readonly string[]): number {
  if (extra !== undefined) throw new UsageError(`unrecognized arguments: ${extra}`);
  if (name === undefined) process.stdout.write(templateNames.map((each) => `${each}\n`).join(""));
  else if (!templateNames.includes(name)) throw new GraphError(`Unexpected template: ${name}.`);
  else process.stdout.write(`${pythonJson(findTemplate(name, "/", "/").content)}\n`);
  return 0;
}

function refuseUnsupported(options: Options): void {
  const why = {
    open: "open the file whose address is printed",
    "html-template": "the page is nidslab's own",
    experiment: "name the revisions",
  };
  for (const [name, instead] of Object.entries(why)) {
    if (options.has(name)) throw new UsageError(`plots: --${name} is not supported by nidslab: ${instead}.`);
  }
}

/** As `plots diff` has them: the workspace comes first, HEAD is added when something has changed since. */
function revisionNames(named: readonly string[], project: Project, revisions: Revisions): string[] {
  if (!revisions.hasCommits()) return [];
  const names = [...named];
  if (names.length <= 1) {
    const changed = git(project.root, ["status", "--porcelain", "--untracked-files=no"]) ?? "";
    if (names.length === 0 && changed !== "") names.push("HEAD");
    names.push(WORKSPACE);
  }
  const others = names.filter((name) => name !== WORKSPACE);
  return [...new Set(names.includes(WORKSPACE) ? [WORKSPACE, ...others] : others)];
}

function propsOf(options: Options): Map<string, Yaml> {
  const props = new Map<string, Yaml>();
  for (const [option, prop] of [
    ["template", "template"],
    ["x", "x"],
    ["y", "y"],
    ["x-label", "x_label"],
    ["y-label", "y_label"],
    ["title", "title"],
  ]) {
    const value = options.value(option);
    if (value !== undefined) props.set(prop, value);
  }
  if (options.has("no-header")) props.set("header", false);
  return props;
}

type RowsPlot = Extract<Plot, { kind: "rows" }>;

function specOf(plot: RowsPlot, project: Project, split: boolean) {
  const { data } = plot;
  if (data === undefined) return undefined;
  return fillTemplate(findTemplate(plot.template, project.root, project.cwd), { ...plot, data }, split);
}

/** DVC's shape. Pictures are written to `out`, as DVC does, and named by their paths. */
function asJson(plots: readonly Plot[], project: Project, out: string, split: boolean): YamlMap {
  const data: YamlMap = new Map(
    plots.map((plot): [string, Yaml] => {
      if (plot.kind === "image") return [plot.id, plot.images.map((image) => imageJson(image, out))];
      const spec = specOf(plot, project, split);
      if (spec === undefined) return [plot.id, []];
      const entry: YamlMap = new Map<string, Yaml>([
        ["type", "vega"],
        ["revisions", [...plot.revisions]],
        ["content", spec.content],
        ...(split ? [["anchor_definitions", spec.open] as [string, Yaml]] : []),
      ]);
      return [plot.id, [entry]];
    }),
  );
  const errors = plots.flatMap((plot) =>
    plot.errors.map(
      ({ name, revision, source, type, message }): YamlMap =>
        new Map([
          ["name", name],
          ["rev", revision],
          ...(source === undefined ? [] : [["source", source] as [string, string]]),
          ["type", type],
          ["msg", message],
        ]),
    ),
  );
  return new Map<string, Yaml>([
    ...(errors.length > 0 ? [["errors", errors] as [string, Yaml]] : []),
    ...(data.size > 0 ? [["data", data] as [string, Yaml]] : []),
  ]);
}

function imageJson(
  image: { readonly revision: string; readonly filename: string; readonly bytes: Buffer },
  out: string,
): YamlMap {
  mkdirSync(out, { recursive: true });
  const path = join(out, `${image.revision}_${image.filename}`.replaceAll("/", "_"));
  writeFileSync(path, image.bytes);
  return new Map<string, Yaml>([
    ["type", "image"],
    ["revisions", [image.revision]],
    ["url", path],
  ]);
}
