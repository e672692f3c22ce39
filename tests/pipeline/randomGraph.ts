import { appendFileSync, rmSync } from "node:fs";
import { objectOf } from "./edits.js";
import type { Sandbox } from "./sandbox.js";
import type { Scenario, Step } from "./twin.js";

/** A linear congruential generator (Numerical Recipes), so that a seed names a scenario for ever. */
class Lcg {
  constructor(private state: number) {}

  below(count: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * count);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

interface RandomStage {
  name: string;
  out: string;
  readonly kind: "file" | "folder" | "metric" | "kept";
  readonly deps: readonly string[];
  readonly params: readonly string[];
  /** true: the output says only how long its dependencies are, so that changes often end here. */
  readonly counts: boolean;
  readonly wdir: boolean;
  readonly asList: boolean;
  tag: number;
}

const SOURCES = ["in/one.txt", "in/two.txt", "in"];
const PARAMS = ["rate", "net.depth", "net", "sizes", "{more.json: }", "{more.json: [a]}"];

/** A graph of 4 to 9 stages and a sequence of edits. */
export function randomScenario(seed: number, edits: number): Scenario {
  const rng = new Lcg(seed * 7919 + 1);
  let stages: RandomStage[] = [];
  let made = 0;
  const add = (): void => {
    const outs = stages.map((stage) => stage.out);
    const deps = new Set([rng.pick(SOURCES)]);
    for (let i = rng.below(3); i > 0 && outs.length > 0; i--) deps.add(rng.pick(outs));
    if (deps.has("in")) for (const inner of SOURCES.slice(0, 2)) deps.delete(inner);
    const kind = rng.pick(["file", "file", "folder", "folder", "metric", "kept"] as const);
    stages.push({
      name: `s${made}`,
      out: `o${made}`,
      kind,
      deps: [...deps],
      params: rng.chance(50) ? [rng.pick(PARAMS)] : [],
      counts: rng.chance(30),
      wdir: rng.chance(20),
      asList: rng.chance(20),
      tag: 0,
    });
    made++;
  };
  for (let i = 4 + rng.below(6); i > 0; i--) add();
  let rate = 1;
  const params = (): string =>
    `rate: ${rate}\nnet: {depth: 2, width: ${rate}.50}\nsizes: [1, 2.0, ${rate}]\n`;
  const files = {
    "params.yaml": params(),
    "more.json": '{"a": [1, 2.50], "b": {"c": null}}\n',
    "in/one.txt": "1\n",
    "in/two.txt": "2\n",
    "sub/keep": "",
    "dvc.yaml": textOf(stages),
  };
  const graph = (): ((box: Sandbox) => void) => {
    const text = textOf(stages);
    return (box) => box.write({ "dvc.yaml": text });
  };
  /** A stage whose output nobody needs. */
  const leaf = (): RandomStage =>
    rng.pick(stages.filter((stage) => !stages.some((other) => other.deps.includes(stage.out))));
  const options: Readonly<Record<string, () => (box: Sandbox) => void>> = {
    "a parameter": () => {
      rate++;
      const text = params();
      return (box) => box.write({ "params.yaml": text });
    },
    "a source": () => {
      const name = rng.pick(SOURCES.slice(0, 2));
      return (box) => appendFileSync(box.path(name), "more\n");
    },
    "a source more": () => {
      const name = `in/n${made++}`;
      return (box) => box.write({ [name]: "1\n" });
    },
    "an output deleted": () => {
      const { out } = rng.pick(stages);
      return (box) => rmSync(box.path(out), { recursive: true });
    },
    "an output edited": () => {
      const { out, kind } = rng.pick(stages);
      return (box) => box.write({ [kind === "folder" ? `${out}/x` : out]: "edited\n" });
    },
    "a cache entry deleted": () => {
      const { out, wdir } = rng.pick(stages);
      return (box) => rmSync(box.path(objectOf(box, wdir ? `../${out}` : out)), { force: true });
    },
    "the lock deleted": () => (box) => rmSync(box.path("dvc.lock")),
    "a stage removed": () => {
      const gone = leaf();
      stages = stages.filter((stage) => stage !== gone);
      return graph();
    },
    "a stage renamed": () => {
      rng.pick(stages).name = `t${made++}`;
      return graph();
    },
    "an output renamed": () => {
      leaf().out = `p${made++}`;
      return graph();
    },
    "a command": () => {
      rng.pick(stages).tag++;
      return graph();
    },
    "a stage more": () => {
      add();
      return graph();
    },
    "another order": () => {
      stages = [...stages].reverse();
      return graph();
    },
  };
  const steps: Step[] = [{ what: "fresh" }];
  for (let i = 0; i < edits; i++) {
    const what = rng.pick(Object.keys(options));
    steps.push({ what, edit: options[what]() });
  }
  return { files, steps, byStage: true };
}

function textOf(stages: readonly RandomStage[]): string {
  return `stages:\n${stages.map(stageText).join("")}`;
}

function stageText({ name, out, kind, deps, params, counts, wdir, asList, tag }: RandomStage): string {
  const at = (path: string): string => (wdir ? `../${path}` : path);
  const inputs = deps.map(at).join(" ");
  const target = kind === "folder" ? `${at(out)}/x` : at(out);
  const lines = [
    ...(kind === "folder" ? [`mkdir -p ${at(out)}/deep/er`, `echo ${tag} > ${at(out)}/deep/er/é`] : []),
    `cat $(find ${inputs} -type f | sort) ${counts ? "| wc -l " : ""}> ${target}`,
    ...(tag > 0 ? [`echo ${tag} >> ${target}`] : []),
  ];
  const cmd = asList
    ? `\n${lines.map((line) => `    - ${JSON.stringify(line)}\n`).join("")}`
    : ` ${JSON.stringify(lines.join(" && "))}\n`;
  const list = (key: string, items: readonly string[]): string =>
    items.length === 0 ? "" : `    ${key}:\n${items.map((item) => `    - ${item}\n`).join("")}`;
  const file = at("params.yaml");
  const refs = params.map((item) =>
    item.startsWith("{") ? item.replace("more.json", at("more.json")) : wdir ? `{${file}: [${item}]}` : item,
  );
  const outs = kind === "kept" ? `${at(out)}: {cache: false}` : at(out);
  return `  ${name}:
    cmd:${cmd}${wdir ? "    wdir: sub\n" : ""}${list("deps", deps.map(at))}${list("params", refs)}${
      kind === "metric" ? list("metrics", [`${at(out)}: {cache: false}`]) : list("outs", [outs])
    }`;
}
