import { fileURLToPath } from "node:url";
import { startPeer } from "../peer.mjs";

/**
 * Training steps of five networks beside PyTorch's on the processor, and of four beside TensorFlow.js on TensorFlow's library
 * (it has no attention layer): batch 256, sequences of 32 steps, Adam. Each side is a process of its own.
 */
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
/** Batches of one run: enough for a second or two. */
const batches = { mlp: 200, cnn: 30, gru: 20, lstm: 20, transformer: 6 };

export const needsData = false;

const caseOf = (name, network, threads, peer) => ({
  name,
  prepare: () => startPeer(path("../nnSteps.mjs"), network, `${threads}`, `${batches[network]}`),
  preparePeer: () => startPeer(path(`../peers/${peer}`), network, `${threads}`, `${batches[network]}`),
});

export const cases = [
  ...Object.keys(batches).flatMap((name) =>
    [1, 2].map((threads) => caseOf(`nn/${name}-${threads}`, name, threads, "nn.py")),
  ),
  ...["mlp", "cnn", "gru", "lstm"].map((name) => caseOf(`nn/${name}-tfjs`, name, 2, "nnTfjs.mjs")),
];
