/** What encodes column chunks of Parquet: parquet/kernel.ts is its other side, which lays out the memory. */
export { deltaBinaryPacked } from "./delta";
export { distinct32, distinct64 } from "./dictionary";
export { hybrid } from "./hybrid";
export {
  byteStreams32,
  byteStreams64,
  compact32,
  compact64,
  integers,
  present32,
  present64,
} from "./numbers";
export { count, max, min, range32, range64, whole } from "./range";
export { snappy } from "./snappy";
