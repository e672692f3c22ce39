import { Graph } from "../dist/nn/graph.js";
import { attention } from "../dist/nn/layers/attention.js";
import { seriesBatchNorm } from "../dist/nn/layers/batchNorm.js";
import { conv1d } from "../dist/nn/layers/conv1d.js";
import { dense } from "../dist/nn/layers/dense.js";
import { dropout } from "../dist/nn/layers/dropout.js";
import { gru } from "../dist/nn/layers/gru.js";
import { layerNorm } from "../dist/nn/layers/layerNorm.js";
import { lstm } from "../dist/nn/layers/lstm.js";
import { globalPool, pool } from "../dist/nn/layers/pool.js";
import { residual } from "../dist/nn/layers/residual.js";
import { each, sequenceOf, seriesOf } from "../dist/nn/layers/series.js";
import { crossEntropy } from "../dist/nn/losses.js";
import { add, relu } from "../dist/nn/ops/elementwise.js";
import { reshape } from "../dist/nn/ops/layout.js";
import { mean } from "../dist/nn/ops/reduce.js";

/** Columns of a step, of a flat row, and classes. bench/peers/architectures.py has the same networks for PyTorch. */
export const CHANNELS = 16;
export const FLAT = 64;
export const CLASSES = 5;

/** Logits [n, CLASSES] from rows (mlp: n × FLAT) or sequences (n × T × CHANNELS). @param rate of dropout, where there is any */
export const architectures = {
  mlp(x) {
    const first = relu(dense("first", x, 256));
    return dense("head", relu(dense("second", first, 128)), CLASSES);
  },
  cnn(x) {
    const first = each(conv1d("first", seriesOf(x), { width: 64, kernel: 3, padding: "same" }), relu);
    const second = each(conv1d("second", first, { width: 64, kernel: 3, padding: "same" }), relu);
    return dense("head", globalPool(second, "average"), CLASSES);
  },
  gru: (x) => dense("head", gru("gru", x, { width: 64 }).last(), CLASSES),
  lstm: (x) => dense("head", lstm("lstm", x, { width: 64 }).last(), CLASSES),
  transformer(x, rate) {
    const [n, steps] = x.shape;
    const onRows = (name, of, width, then = (made) => made) =>
      reshape(then(dense(name, reshape(of, [`${steps}n`, of.shape[2]]), width)), [n, steps, width]);
    let h = onRows("in", x, 64);
    for (const block of ["first", "second"]) {
      h = residual(h, (inner) => {
        const seen = attention(`${block}.attention`, layerNorm(`${block}.norm1`, inner), {
          heads: 4,
          dropout: rate,
        });
        return dropout(`${block}.dropout1`, seen, rate);
      });
      h = residual(h, (inner) => {
        const wide = onRows(`${block}.wide`, layerNorm(`${block}.norm2`, inner), 128, relu);
        const narrow = onRows(`${block}.narrow`, dropout(`${block}.dropout2`, wide, rate), 64);
        return dropout(`${block}.dropout3`, narrow, rate);
      });
    }
    return dense("head", mean(h, [1]), CLASSES);
  },
  /** Not timed: what the others leave out. */
  mixed(x) {
    const conv = conv1d("conv", seriesOf(x), { width: 8, kernel: 3, stride: 2, dilation: 2, padding: 2 });
    const pooled = pool(each(seriesBatchNorm("norm", conv), relu), "max", 2, 1);
    const forth = lstm("lstm", sequenceOf(pooled), { width: 6, bidirectional: true }).all();
    const back = gru("gru", forth, { width: 5, bidirectional: true });
    return add(
      dense("head", globalPool(seriesOf(back.all()), "max"), CLASSES),
      dense("last", back.last(), CLASSES),
    );
  },
};

/** Logits and the loss of a batch: inputs "x", "target" (one 1 a row) and "weight". */
export function network(name, { steps = 32, rate = 0, training = true } = {}) {
  const graph = new Graph(training);
  const x = graph.input("x", name === "mlp" ? ["n", FLAT] : ["n", steps, CHANNELS]);
  const target = graph.input("target", ["n", CLASSES]);
  const weight = graph.input("weight", ["n"]);
  const logits = architectures[name](x, rate);
  return { graph, logits, loss: crossEntropy(logits, target, weight) };
}
