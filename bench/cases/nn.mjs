import { fileURLToPath } from "node:url";
import { startPeer } from "../peer.mjs";
import { trainerOf } from "../trainer.mjs";

/** Training steps of five networks beside PyTorch's on the processor: batch 256, sequences of 32 steps, Adam. */
const script = fileURLToPath(new URL("../peers/nn.py", import.meta.url));
const BATCH = 256;
const STEPS = 32;
/** Batches of one run: enough for a second or two. */
const batches = { mlp: 200, cnn: 30, gru: 20, lstm: 20, transformer: 6 };
/** Of dropout, which only the transformer has. */
const RATE = 0.1;

export const needsData = false;

export const cases = Object.entries(batches).flatMap(([name, count]) =>
  [1, 2].map((threads) => ({
    name: `nn/${name}-${threads}`,
    async prepare() {
      const trainer = await trainerOf(name, { batch: BATCH, steps: STEPS, rate: RATE, threads });
      for (let i = 0; i < 3; i++) await trainer.step();
      return {
        settings: `${name}, batch ${BATCH}, ${threads} ${threads === 1 ? "thread" : "threads"}, ${count * BATCH} samples`,
        samples: count * BATCH,
        async run() {
          const [cpu, start] = [process.cpuUsage(), performance.now()];
          for (let i = 0; i < count; i++) await trainer.step();
          const wall = (performance.now() - start) / 1000;
          const { user, system } = process.cpuUsage(cpu);
          return { wall, processor: (user + system) / 1e6 };
        },
      };
    },
    preparePeer: () => startPeer(script, name, `${threads}`, `${count}`),
  })),
);
