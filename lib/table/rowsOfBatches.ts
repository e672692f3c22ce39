import type { Table } from "./table.js";

/** Batches with the given rows alone. @param rows ascending, counted over all batches */
export async function* rowsOfBatches(
  batches: AsyncIterable<Table>,
  rows: Int32Array,
): AsyncGenerator<Table, void> {
  let begin = 0;
  let next = 0;
  for await (const batch of batches) {
    const own: number[] = [];
    for (; next < rows.length && rows[next] < begin + batch.rows; next++) own.push(rows[next] - begin);
    begin += batch.rows;
    yield batch.take(own);
  }
}
