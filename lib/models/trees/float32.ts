const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 just below a finite, non-zero float32. */
function before(value: number): number {
  float[0] = value;
  bits[0] += value > 0 ? -1 : 1;
  return float[0];
}

/** The largest float32 that is not above `value`. */
export function floorFloat32(value: number): number {
  const near = Math.fround(value);
  if (near <= value || Number.isNaN(value)) return near;
  return near === 0 ? -1.401298464324817e-45 : before(near);
}

/** The largest float32 strictly below `value`: `x < value` and `x <= belowFloat32(value)` agree on float32. */
export function belowFloat32(value: number): number {
  const at = floorFloat32(value);
  if (at < value) return at;
  return at === 0 ? -1.401298464324817e-45 : before(at);
}

/**
 * A threshold t between two float32 values: low <= t < high. The midpoint, rounded down to the nearest float32, so
 * that no value changes side when the model is read by something that computes in float32.
 */
export function threshold(low: number, high: number): number {
  const middle = floorFloat32(low / 2 + high / 2);
  return middle >= low && middle < high ? middle : low;
}
