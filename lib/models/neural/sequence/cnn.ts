import { z } from "zod";
import { conv1d } from "../../../nn/layers/conv1d.js";
import { dropout } from "../../../nn/layers/dropout.js";
import { globalPool } from "../../../nn/layers/pool.js";
import { each, sequenceOf, seriesOf } from "../../../nn/layers/series.js";
import { relu } from "../../../nn/ops/elementwise.js";
import { concat } from "../../../nn/ops/layout.js";
import type { ModelDefinition } from "../../contract.js";
import { classifierParams } from "../classifierNetwork.js";
import { dropoutParam } from "../layers.js";
import { sequenceClassifier } from "./define.js";
import { lastStep } from "./steps.js";

const params = z.strictObject({
  channels: z
    .array(z.int().min(1).max(4096))
    .min(1)
    .max(20)
    .default([64, 64])
    .describe("widths of the convolutions"),
  kernel: z
    .int()
    .min(1)
    .max(99)
    .refine((kernel) => kernel % 2 === 1, "an odd number was expected")
    .default(3)
    .describe("rows that a convolution sees together"),
  dilation: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe("rows between those that the second and later ones see"),
  dropout: dropoutParam,
  ...classifierParams,
});
export type CnnParams = z.infer<typeof params>;

/** Convolutions over the rows of a window; the largest of each channel over the window, and its last row. */
export const definition: ModelDefinition<CnnParams> = sequenceClassifier({
  type: "cnn",
  title: "Convolutional network over windows (1D-CNN)",
  source:
    "LeCun et al. 1998, doi:10.1109/5.726791, section III; over time: Waibel et al. 1989, doi:10.1109/29.21701",
  limits: "Sees the order of rows only as far as its kernels reach.",
  params,
  vector({ x, mask }, { channels, kernel, dilation, dropout: rate }) {
    // n × T × d -> [T d, n] -> [T channels, n]
    const last = channels.reduce(
      (series, width, i) =>
        each(
          conv1d(`conv${i}`, series, { width, kernel, dilation: i === 0 ? 1 : dilation, padding: "same" }),
          relu,
        ),
      seriesOf(x),
    );
    return dropout("dropout", concat([globalPool(last, "max", mask), lastStep(sequenceOf(last))], 1), rate);
  },
});
