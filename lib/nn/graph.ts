import { ParamsError } from "../base/errors.js";
import type { Rng } from "../base/rng.js";
import type { Attribute, ElementType } from "../onnx/builder.js";
import { type Shape, size, text } from "./shape.js";

/** A value in a graph: what a node makes, an input, a parameter or a constant. */
export interface Tensor {
  readonly graph: Graph;
  readonly name: string;
  readonly shape: Shape;
  readonly type: ElementType;
}

export type Attributes = Readonly<Record<string, Attribute>>;

export interface GraphNode {
  /** An operator of ONNX, opset 17, or the name of a fused node. */
  readonly op: string;
  /** null: an optional input that is left out. */
  readonly inputs: readonly (Tensor | null)[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Attributes;
  /** Of a fused node (Graph.fused): the nodes that compute it, and what they leave for its rule. */
  readonly parts?: readonly GraphNode[];
  readonly saved?: unknown;
}

/** First values of a parameter, of `size` numbers. */
export type Initializer = (rng: Rng, size: number) => Float32Array;

/** What training changes. */
export interface Parameter {
  readonly tensor: Tensor;
  readonly initial: Initializer;
}

/** What a training step carries over to the next without a gradient: running means of batch normalization. */
export interface Carried {
  readonly tensor: Tensor;
  readonly initial: Initializer;
  /** Its value after the step, where the graph computes one. */
  next?: Tensor;
}

/** An input of training steps alone: numbers that are 0 with probability `rate`, else 1 / (1 − rate). See training/masks.ts. */
export interface Mask {
  readonly tensor: Tensor;
  readonly rate: number;
}

interface Constant {
  readonly tensor: Tensor;
  readonly values: ArrayLike<number>;
}

/**
 * A graph of ONNX operators under construction: nodes in an order in which each can be computed. The functions of
 * lib/nn/ops add nodes and check shapes while they do; differentiate.ts adds those of the gradient; emit.ts writes them.
 */
export class Graph {
  readonly nodes: GraphNode[] = [];
  readonly inputs: Tensor[] = [];
  readonly parameters: Parameter[] = [];
  readonly carried: Carried[] = [];
  readonly masks: Mask[] = [];
  readonly constants = new Map<string, Constant>();
  private readonly known = new Map<string, Tensor>();
  private count = 0;

  /** @param training false: the graph that is served, without dropout and with the moments that training found. */
  constructor(readonly training = true) {}

  /** An input of every run. */
  input(name: string, shape: Shape, type: ElementType = "float"): Tensor {
    const tensor = this.named(name, shape, type);
    this.inputs.push(tensor);
    return tensor;
  }

  /** What training is to find. Its name tells it apart in checkpoints, and names the stream of its first values. */
  parameter(name: string, shape: readonly number[], initial: Initializer): Tensor {
    const tensor = this.named(name, shape, "float");
    this.parameters.push({ tensor, initial });
    return tensor;
  }

  /** What steps hand on without a gradient; `next` is set by who computes it. */
  carry(name: string, shape: readonly number[], initial: Initializer): Carried {
    const carried: Carried = { tensor: this.named(name, shape, "float"), initial };
    this.carried.push(carried);
    return carried;
  }

  /** Random zeros that each step is given (Srivastava et al. 2014); also one of the inputs. */
  mask(name: string, shape: Shape, rate: number): Tensor {
    const tensor = this.input(name, shape);
    this.masks.push({ tensor, rate });
    return tensor;
  }

  /** Equal small constants are one. */
  constant(values: ArrayLike<number>, shape: readonly number[], type: ElementType = "float"): Tensor {
    if (values.length !== size(shape))
      throw new ParamsError(`nn: ${values.length} values for a constant of shape ${text(shape)}.`);
    const key =
      values.length <= 64 ? `${type}:${shape.join("x")}:${Array.from(values).join(",")}` : undefined;
    const earlier = key === undefined ? undefined : this.known.get(key);
    if (earlier !== undefined) return earlier;
    const tensor = this.fresh("constant", shape, type);
    this.constants.set(tensor.name, { tensor, values });
    if (key !== undefined) this.known.set(key, tensor);
    return tensor;
  }

  scalar(value: number): Tensor {
    return this.constant([value], []);
  }

  /** Whole numbers, as axes and shapes are given to operators. */
  integers(values: readonly number[]): Tensor {
    return this.constant(values, [values.length], "int64");
  }

  /** Add a node of one output, of the type of its first input. Shapes are not checked here: see lib/nn/ops. */
  node(op: string, inputs: readonly (Tensor | null)[], shape: Shape, attributes: Attributes = {}): Tensor {
    return this.nodeOf(op, inputs, [{ shape }], attributes)[0];
  }

  /** Add a node of several outputs, or of another type than that of its first input. */
  nodeOf(
    op: string,
    inputs: readonly (Tensor | null)[],
    outputs: readonly { readonly shape: Shape; readonly type?: ElementType }[],
    attributes: Attributes = {},
  ): readonly Tensor[] {
    const type = inputs.find((input) => input !== null)?.type ?? "float";
    const made = outputs.map((output) => this.fresh(op.toLowerCase(), output.shape, output.type ?? type));
    this.nodes.push({ op, inputs, outputs: made, attributes });
    return made;
  }

  /**
   * The nodes that `build` adds, as one node with a rule of its own: the gradient does not go through them one by one.
   * @returns what `build` calls its outputs
   */
  fused(
    op: string,
    inputs: readonly Tensor[],
    build: () => { readonly outputs: readonly Tensor[]; readonly saved: unknown },
    attributes: Attributes = {},
  ): readonly Tensor[] {
    const from = this.nodes.length;
    const { outputs, saved } = build();
    const parts = this.nodes.splice(from);
    this.nodes.push({ op, inputs, outputs, attributes, parts, saved });
    return outputs;
  }

  private fresh(prefix: string, shape: Shape, type: ElementType): Tensor {
    return { graph: this, name: `${prefix}_${this.count++}`, shape, type };
  }

  private named(name: string, shape: Shape, type: ElementType): Tensor {
    const taken = [
      ...this.inputs,
      ...this.parameters.map(({ tensor }) => tensor),
      ...this.carried.map(({ tensor }) => tensor),
    ];
    if (taken.some((each) => each.name === name))
      throw new ParamsError(`nn: two tensors are called "${name}".`);
    return { graph: this, name, shape, type };
  }
}
