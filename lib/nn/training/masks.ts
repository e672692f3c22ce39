import type { Tensor as OrtTensor } from "onnxruntime-node";
import type { Rng } from "../../base/rng.js";
import { RandomMasks } from "../../numeric/randomMasks.js";
import type { Mask } from "../graph.js";
import { perRow, size } from "../shape.js";
import type { Feeds } from "./network.js";

/** The masks of a batch of some number of rows. */
interface Drawn {
  readonly masks: RandomMasks;
  readonly feeds: Feeds;
}

/** Draws the masks of dropout for each batch, into memory that is laid out once for each number of rows. */
export class MaskFeeds {
  private readonly known = new Map<number, Drawn>();

  private constructor(
    private readonly masks: readonly Mask[],
    private readonly make: (values: Float32Array, shape: readonly number[]) => OrtTensor,
  ) {}

  static async of(masks: readonly Mask[]): Promise<MaskFeeds> {
    const { Tensor } = await import("onnxruntime-node");
    return new MaskFeeds(masks, (values, shape) => new Tensor("float32", values, shape));
  }

  /** Good until the next call. @throws DataError for a batch whose masks are more than 2^30 numbers */
  draw(rows: number, rng: () => Rng): Feeds {
    if (this.masks.length === 0) return {};
    const { masks, feeds } = this.known.get(rows) ?? this.layOut(rows);
    const stream = rng();
    this.masks.forEach(({ rate }, i) => {
      masks.draw(i, rate, stream);
    });
    return feeds;
  }

  private layOut(rows: number): Drawn {
    const shapes = this.masks.map(({ tensor }) =>
      tensor.shape.map((dim) => (typeof dim === "number" ? dim : perRow(dim) * rows)),
    );
    const masks = new RandomMasks(shapes.map(size));
    const feeds = Object.fromEntries(
      this.masks.map(({ tensor }, i) => [tensor.name, this.make(masks.values[i], shapes[i])]),
    );
    const drawn = { masks, feeds };
    this.known.set(rows, drawn);
    return drawn;
  }
}
