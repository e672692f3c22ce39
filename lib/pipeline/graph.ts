import { relative, sep } from "node:path";
import { toSlashes } from "./dvcfile.js";
import { GraphError } from "./errors.js";
import type { Output, StageNode } from "./node.js";

interface Owned {
  readonly out: Output;
  readonly node: StageNode;
}

/** Outputs by the parts of their path; children keep the order in which they came, as DVC's trie does. */
class OutputTrie {
  private readonly children = new Map<string, OutputTrie>();
  owned?: Owned;

  at(path: string): OutputTrie {
    return path.split(sep).reduce<OutputTrie>((node, part) => {
      let child = node.children.get(part);
      if (child === undefined) {
        child = new OutputTrie();
        node.children.set(part, child);
      }
      return child;
    }, this);
  }

  /** Outputs that hold `path`, are it, or lie inside it. */
  overlapping(path: string): Owned[] {
    const found: Owned[] = [];
    let node: OutputTrie | undefined = this;
    for (const part of path.split(sep)) {
      node = node.children.get(part);
      if (node === undefined) return found;
      if (node.owned !== undefined) found.push(node.owned);
    }
    for (const child of node.children.values()) child.collect(found);
    return found;
  }

  private collect(found: Owned[]): void {
    if (this.owned !== undefined) found.push(this.owned);
    for (const child of this.children.values()) child.collect(found);
  }
}

/** Which stage makes what another one needs. */
export class Graph {
  private constructor(
    readonly nodes: readonly StageNode[],
    private readonly producers: ReadonlyMap<StageNode, readonly StageNode[]>,
  ) {}

  /** @throws GraphError when an output is made twice, lies in another one, or stages go in a circle */
  static of(nodes: readonly StageNode[], cwd: string): Graph {
    const trie = new OutputTrie();
    for (const node of nodes) {
      for (const out of node.outs) {
        const place = trie.at(out.absolute);
        if (place.owned !== undefined) throw twice(out, place.owned.node, node);
        place.owned = { out, node };
      }
    }
    for (const node of nodes) {
      for (const out of node.outs) {
        const other = trie.overlapping(out.absolute).find((each) => each.out !== out);
        if (other !== undefined) throw overlap({ out, node }, other, cwd);
      }
    }
    const producers = new Map<StageNode, StageNode[]>();
    for (const node of nodes) {
      const needed = [...node.deps, ...node.params].flatMap((dep) => trie.overlapping(dep.absolute));
      producers.set(node, [...new Set(needed.map((owned) => owned.node))]);
    }
    const graph = new Graph(nodes, producers);
    graph.refuseCycles();
    return graph;
  }

  /** Stages that make what `node` needs, in the order of its deps; none for a frozen stage. */
  producersOf(node: StageNode): readonly StageNode[] {
    return node.frozen ? [] : this.allProducersOf(node);
  }

  allProducersOf(node: StageNode): readonly StageNode[] {
    return this.producers.get(node) ?? [];
  }

  /**
   * `targets` and everything they need: producers first, in the order of deps, then the stage itself. Stages that do not
   * depend on each other come in the order of dvc.yaml, whatever the order of `targets`.
   */
  order(targets: readonly StageNode[]): StageNode[] {
    const needed = this.closure(targets);
    return [...this.closure(this.nodes.filter((node) => needed.has(node)))];
  }

  private closure(targets: readonly StageNode[]): Set<StageNode> {
    const done = new Set<StageNode>();
    const visit = (node: StageNode): void => {
      if (done.has(node)) return;
      for (const producer of this.producersOf(node)) visit(producer);
      done.add(node);
    };
    for (const target of targets) visit(target);
    return done;
  }

  /** `targets` and everything that depends on them, in the order of a whole run. */
  downstream(targets: readonly StageNode[]): StageNode[] {
    const reached = new Set(targets);
    const all = this.order(this.nodes);
    for (const node of all)
      if (this.producersOf(node).some((producer) => reached.has(producer))) reached.add(node);
    return all.filter((node) => reached.has(node));
  }

  /** Everything that is connected with `nodes`, whichever way the arrows point, in the order of the files. */
  connected(nodes: readonly StageNode[]): StageNode[] {
    const neighbours = new Map<StageNode, StageNode[]>(this.nodes.map((node) => [node, []]));
    for (const node of this.nodes) {
      for (const producer of this.allProducersOf(node)) {
        neighbours.get(node)?.push(producer);
        neighbours.get(producer)?.push(node);
      }
    }
    const reached = new Set(nodes);
    for (const node of reached) for (const next of neighbours.get(node) ?? []) reached.add(next);
    return this.nodes.filter((node) => reached.has(node));
  }

  private refuseCycles(): void {
    const state = new Map<StageNode, "open" | "done">();
    const path: StageNode[] = [];
    const visit = (node: StageNode): void => {
      if (state.get(node) === "done") return;
      if (state.get(node) === "open") {
        const names = path.slice(path.indexOf(node)).map((each) => each.address);
        throw new GraphError(
          `Same item(s) are defined as both a dependency and an output in stage${names.length > 1 ? "s" : ""}: ${names.join(", ")}.`,
        );
      }
      state.set(node, "open");
      path.push(node);
      for (const producer of this.allProducersOf(node)) visit(producer);
      path.pop();
      state.set(node, "done");
    };
    for (const node of this.nodes) visit(node);
  }
}

function twice(out: Output, first: StageNode, second: StageNode): GraphError {
  return new GraphError(
    `output '${out.path}' is specified in:\n\t- ${first.address}\n\t- ${second.address}\n` +
      "Use `dvc remove` with any of the above targets to stop tracking the overlapping output.",
  );
}

function overlap(one: Owned, other: Owned, cwd: string): GraphError {
  const [outer, inner] = one.out.absolute.length < other.out.absolute.length ? [one, other] : [other, one];
  const line = ({ out, node }: Owned): string =>
    `'${toSlashes(relative(cwd, out.absolute))}'('${node.address}')`;
  return new GraphError(
    `The output paths:\n${line(outer)}\n${line(inner)}\noverlap and are thus in the same tracked directory.\n` +
      "To keep reproducibility, outputs should be in separate tracked directories or tracked individually.",
  );
}
