// Training steps of a network of architectures.mjs, in a process of its own (peer.mjs): NAME THREADS BATCHES.
import { trainerOf } from "./trainer.mjs";
import { serve } from "./work.mjs";

const [name, threads, count] = process.argv.slice(2);
const [batch, steps] = [256, 32];
const trainer = await trainerOf(name, { batch, steps, rate: 0.1, threads: Number(threads) });
for (let i = 0; i < 3; i++) await trainer.step();
const samples = count * batch;
const settings = `${name}, batch ${batch}, ${threads} ${threads === "1" ? "thread" : "threads"}, ${samples} samples`;
await serve({ settings, samples }, async () => {
  for (let i = 0; i < count; i++) await trainer.step();
});
