import type { Tensor as OrtTensor } from "onnxruntime-node";
import type { Rng } from "../../base/rng.js";
import { fillMask } from "../fillMask.js";
import type { Mask } from "../graph.js";
import { perRow, size } from "../shape.js";
import type { Feeds } from "./network.js";

/** Draws the masks of dropout for each batch, into buffers that are made once for each number of rows. */
export class MaskFeeds {
  private readonly known = new Map<number, Readonly<Record<string, OrtTensor>>>();

  private constructor(
    private readonly masks: readonly Mask[],
    private readonly make: (values: Float32Array, shape: readonly number[]) => OrtTensor,
  ) {}

  static async of(masks: readonly Mask[]): Promise<MaskFeeds> {
    const { Tensor } = await import("onnxruntime-node");
    return new MaskFeeds(masks, (values, shape) => new Tensor("float32", values, shape));
  }

  /** Good until the next call. */
  draw(rows: number, rng: () => Rng): Feeds {
    if (this.masks.length === 0) return {};
    const feeds = this.known.get(rows) ?? this.buffers(rows);
    this.known.set(rows, feeds);
    const stream = rng();
    for (const { tensor, rate } of this.masks)
      fillMask(feeds[tensor.name].data as Float32Array, rate, stream);
    return feeds;
  }

  private buffers(rows: number): Readonly<Record<string, OrtTensor>> {
    return Object.fromEntries(
      this.masks.map(({ tensor: { name, shape } }) => {
        const own = shape.map((dim) => (typeof dim === "number" ? dim : perRow(dim) * rows));
        return [name, this.make(new Float32Array(size(own)), own)];
      }),
    );
  }
}
