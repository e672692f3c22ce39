import { ParamsError } from "../../base/errors.js";
import type { Graph, Tensor } from "../graph.js";
import { uniform } from "../initial.js";
import { minus, mul, relu, sub } from "../ops/elementwise.js";
import { concat, pad, reshape, slice, split, transpose } from "../ops/layout.js";
import { sum } from "../ops/reduce.js";
import { sameShape, text } from "../shape.js";

export interface RecurrentOptions {
  /** Numbers of the state. */
  readonly width: number;
  /** A second one that reads from the last step to the first; its state stands behind the other's. */
  readonly bidirectional?: boolean;
  /** n × T, 0 in steps that only fill the window up, which stand in front; 1 elsewhere. */
  readonly mask?: Tensor;
}

/** What tells one recurrent layer from another. */
export interface Cell {
  /** ONNX's operator. */
  readonly op: "LSTM" | "GRU";
  /** For each gate, in ONNX's order, the sign that shuts a step out when its input is driven there. */
  readonly shut: readonly number[];
  readonly attributes: Readonly<Record<string, { readonly int: number }>>;
  readonly steps: (
    x: Tensor,
    weights: Tensor,
    steps: number,
    reverse: boolean,
  ) => { readonly all: Tensor; readonly last: Tensor };
  /** Weights of one direction as `steps` takes them, from [gates width, d], [gates width, width] and two columns of biases. */
  readonly joined: (input: Tensor, state: Tensor, inputBias: Tensor, stateBias: Tensor) => Tensor;
}

/** States after every step, n × T × width (2 width with both directions; 0 in steps that the mask shuts out), and the last ones. */
export interface States {
  all(): Tensor;
  /** n × width: after the last step; the other direction's, after the first. */
  last(): Tensor;
}

/** Drives a gate's input so far that a float has 0 or 1. */
const FAR = 1e4;

interface Direction {
  readonly input: Tensor;
  readonly state: Tensor;
  readonly bias: Tensor;
}

/**
 * A recurrent layer on n × T × d. Parameters are ONNX's: `<name>.<direction>.input` [1, gates width, d], `.state`
 * [1, gates width, width], `.bias` [1, 2 gates width]. Training takes the steps one by one and keeps what the gradient
 * needs; the graph that is served has ONNX's operator. A mask is one more column of the input whose weights shut the
 * gates, so both see it alike.
 * @throws ParamsError for a sequence or mask of another shape
 */
export function recurrent(cell: Cell, name: string, x: Tensor, options: RecurrentOptions): States {
  const { width, bidirectional = false, mask } = options;
  const { graph } = x;
  const [n, steps, d] = x.shape;
  if (x.shape.length !== 3 || typeof steps !== "number" || typeof d !== "number")
    throw new ParamsError(
      `nn: ${name}: a sequence of shape ${text(x.shape)}; rows × steps × columns were expected.`,
    );
  if (mask !== undefined && !sameShape(mask.shape, [n, steps]))
    throw new ParamsError(`nn: ${name}: a mask of shape ${text(mask.shape)} for ${text(x.shape)}.`);
  const rows = cell.shut.length * width;
  const directions = (bidirectional ? ["forward", "reverse"] : ["forward"]).map((direction): Direction => {
    const parameter = (part: string, columns: readonly number[]): Tensor =>
      graph.parameter(`${name}.${direction}.${part}`, [1, ...columns], uniform(1 / Math.sqrt(width)));
    const input = parameter("input", [rows, d]);
    return {
      input: mask === undefined ? input : concat([input, shutColumn(graph, cell, width)], 2),
      state: parameter("state", [rows, width]),
      bias: parameter("bias", [2 * rows]),
    };
  });
  const seen = mask === undefined ? x : concat([x, reshape(minus(1, mask), [n, steps, 1])], 2);
  const states = graph.training
    ? stepByStep(cell, seen, directions, width)
    : operator(cell, seen, directions, width);
  return mask === undefined ? states : masked(states, mask, width, bidirectional);
}

/** [1, gates width, 1]. */
function shutColumn(graph: Graph, { shut }: Cell, width: number): Tensor {
  const values = shut.flatMap((sign) => Array<number>(width).fill(sign * FAR));
  return graph.constant(values, [1, values.length, 1]);
}

function stepByStep(cell: Cell, x: Tensor, directions: readonly Direction[], width: number): States {
  const [n, steps, d] = x.shape as readonly [Tensor["shape"][0], number, number];
  const rows = cell.shut.length * width;
  // n × T × d -> n × T d -> T d × n
  const columns = transpose(reshape(x, [n, steps * d]), [1, 0]);
  const made = directions.map(({ input, state, bias }, i) => {
    const [inputBias, stateBias] = split(reshape(bias, [2 * rows, 1]), [rows, rows], 0);
    const weights = cell.joined(
      reshape(input, [rows, d]),
      reshape(state, [rows, width]),
      inputBias,
      stateBias,
    );
    return cell.steps(columns, weights, steps, i === 1);
  });
  return {
    // T width × n -> n × T width -> n × T × width
    all: () =>
      concat(
        made.map(({ all }) => reshape(transpose(all, [1, 0]), [n, steps, width])),
        2,
      ),
    last: () =>
      concat(
        made.map(({ last }) => transpose(last, [1, 0])),
        1,
      ),
  };
}

function operator(cell: Cell, x: Tensor, directions: readonly Direction[], width: number): States {
  const [n, steps] = x.shape as readonly [Tensor["shape"][0], number];
  const count = directions.length;
  const [sequence, final] = x.graph.nodeOf(
    cell.op,
    [
      transpose(x, [1, 0, 2]), // n × T × d -> T × n × d
      ...(["input", "state", "bias"] as const).map((part) =>
        concat(
          directions.map((direction) => direction[part]),
          0,
        ),
      ),
    ],
    [{ shape: [steps, count, n, width] }, { shape: [count, n, width] }],
    {
      hidden_size: { int: width },
      direction: { string: count === 2 ? "bidirectional" : "forward" },
      ...cell.attributes,
    },
  );
  return {
    // T × directions × n × width -> n × T × directions width
    all: () => reshape(transpose(sequence, [2, 0, 1, 3]), [n, steps, count * width]),
    last: () => reshape(transpose(final, [1, 0, 2]), [n, count * width]),
  };
}

function masked(states: States, mask: Tensor, width: number, bidirectional: boolean): States {
  const [n, steps] = mask.shape as readonly [Tensor["shape"][0], number];
  const all = () => mul(states.all(), reshape(mask, [n, steps, 1]));
  if (!bidirectional) return { all, last: states.last };
  return {
    all,
    last() {
      const both = states.all();
      const forward = reshape(slice(slice(both, 2, 0, width), 1, steps - 1, steps), [n, width]);
      // 1 in the first step that the mask lets in
      const first = relu(sub(mask, pad(slice(mask, 1, 0, steps - 1), 1, 1, 0)));
      const reverse = sum(mul(slice(both, 2, width, 2 * width), reshape(first, [n, steps, 1])), [1]);
      return concat([forward, reverse], 1);
    },
  };
}
