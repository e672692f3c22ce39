import { NEVER } from "../softmax.js";

/** Logarithms of the classes' shares of the summed weights; a class without rows is never predicted. */
export function logPriors(counts: Float64Array, classWeights: Float64Array): Float64Array {
  const mass = counts.map((count, c) => count * classWeights[c]);
  const total = mass.reduce((sum, each) => sum + each, 0);
  return mass.map((each) => (each === 0 ? NEVER : Math.log(each / total)));
}
