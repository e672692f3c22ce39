import { parentPort } from "node:worker_threads";
import type { BlockFacts } from "./csv/columns.js";
import { BlockParser } from "./csv/parse.js";
import { ChunkEncoder } from "./parquet/encodeChunk.js";
import { type EncodeAnswer, encodeColumns } from "./parquet/encodeColumns.js";
import type { TableOrder } from "./threads.js";

/** A thread of the ThreadTeam. By scan: who parses its blocks. */
const parsers = new Map<number, BlockParser>();
let encoder: ChunkEncoder | undefined;

function work(order: TableOrder): BlockFacts | EncodeAnswer | undefined {
  switch (order.kind) {
    case "begin":
      parsers.set(order.scan, new BlockParser(order.plan, Buffer.from(order.header)));
      return undefined;
    case "end":
      parsers.delete(order.scan);
      return undefined;
    case "parse": {
      const parser = parsers.get(order.scan) as BlockParser;
      if (order.memory !== undefined) parser.take(order.memory);
      return parser.parse(order.id, order.length);
    }
    case "encode":
      encoder ??= new ChunkEncoder();
      return encodeColumns(encoder, order);
  }
}

parentPort?.on("message", (order: TableOrder) => {
  const answer = work(order);
  if (answer !== undefined) parentPort?.postMessage(answer);
});
