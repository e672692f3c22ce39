import { DataError } from "../base/errors.js";
import { growTo, KERNEL_OWN, type KernelMemory, loadKernel } from "../base/kernel.js";
import type { Rng } from "../base/rng.js";

/** wasm/randomMasks.ts; `into`, `state` and `words` are positions in memory. */
interface Exports {
  readonly memory: KernelMemory;
  fill(
    into: number,
    count: number,
    zeros: number,
    kept: number,
    stretch: number,
    state: number,
    words: number,
  ): void;
}

/** Where the generator's state lies, and the words that it draws. */
const STATE = KERNEL_OWN;
const WORDS = STATE + 16;
const MASKS = WORDS + 8192;
/** Most words of one stretch of the stream. */
const STRETCH = 16_384;

/**
 * Lists of numbers that are 0 with a probability, else what keeps the mean: masks of dropout (Srivastava et al. 2014).
 * They lie in the memory of the kernel that draws them, since they are most of what a training step costs beside its graph.
 */
export class RandomMasks {
  /** The numbers of each mask, as `draw` left them. */
  readonly values: readonly Float32Array[];
  private readonly kernel: Exports;
  private readonly state: Int32Array;

  /** @param sizes of the masks. @throws DataError above what a kernel can hold, 2^30 numbers */
  constructor(sizes: readonly number[]) {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const bytes = MASKS + 4 * total;
    if (bytes > 2 ** 32)
      throw new DataError(
        `nn: dropout of one batch needs ${total} random numbers, and there is room for 2^30. Make batch smaller.`,
      );
    this.kernel = loadKernel<Exports>("numeric/randomMasks");
    growTo(this.kernel.memory, bytes);
    const { buffer } = this.kernel.memory;
    this.state = new Int32Array(buffer, STATE, 4);
    let at = MASKS;
    this.values = sizes.map((size) => {
      const values = new Float32Array(buffer, at, size);
      at += 4 * size;
      return values;
    });
  }

  /**
   * Draw a mask anew. One byte of the stream tells each number, so the rate is taken to 8 bits (0.1 is 26 / 256), and to at
   * least one of them.
   */
  draw(mask: number, rate: number, rng: Rng): void {
    const { byteOffset, length } = this.values[mask];
    const zeros = Math.min(255, Math.max(1, Math.round(rate * 256)));
    const stretch = Math.min((length + 3) >> 2, STRETCH);
    rng.lend(this.state, () =>
      this.kernel.fill(byteOffset, length, zeros, 256 / (256 - zeros), stretch, STATE, WORDS),
    );
  }
}
