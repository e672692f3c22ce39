/**
 * A stable sort of rows by whole numbers of any size below 2^53 (LSD radix sort, 16 bits a pass): linear in the rows.
 * @param rows row numbers in the order that equal keys keep
 * @param keys a key a row number
 */
export function sortedBy(rows: Int32Array, keys: ArrayLike<number>): Int32Array {
  let least = Infinity;
  let most = -Infinity;
  let isSorted = true;
  for (let i = 0, last = -Infinity; i < rows.length; i++) {
    const key = keys[rows[i]];
    if (key < last) isSorted = false;
    if (key < least) least = key;
    if (key > most) most = key;
    last = key;
  }
  if (isSorted) return rows;
  let from: Int32Array = rows;
  let to: Int32Array = new Int32Array(rows.length);
  for (let unit = 1; unit <= most - least; unit *= 65536) {
    const place = new Int32Array(65537);
    const digits = new Uint16Array(from.length);
    for (let i = 0; i < from.length; i++) {
      // The low 16 bits of the whole quotient; units are powers of two, so that it is exact.
      digits[i] = (keys[from[i]] - least) / unit;
      place[digits[i] + 1]++;
    }
    for (let d = 1; d <= 65536; d++) place[d] += place[d - 1];
    for (let i = 0; i < from.length; i++) to[place[digits[i]]++] = from[i];
    [from, to] = [to, from === rows ? new Int32Array(rows.length) : from];
  }
  return from;
}
