/** A tensor of TensorFlow.js. */
export interface TfTensor {
  readonly shape: readonly number[];
  readonly size: number;
  dataSync(): Float32Array;
}

type One = "exp" | "erf" | "log" | "logSoftmax" | "neg" | "relu" | "sigmoid" | "softmax" | "sqrt" | "tanh";
type Two = "add" | "div" | "equal" | "greater" | "maximum" | "minimum" | "mul" | "pow" | "sub";
type Reduction = "max" | "mean" | "sum";

/** What is called here of TensorFlow.js, which is an engine and comes without its types. */
export interface Tensorflow
  extends Readonly<Record<One, (x: TfTensor) => TfTensor>>,
    Readonly<Record<Two, (a: TfTensor, b: TfTensor) => TfTensor>>,
    Readonly<Record<Reduction, (x: TfTensor, axes?: readonly number[], keep?: boolean) => TfTensor>> {
  enableProdMode(): void;
  ready(): Promise<void>;
  /** Frees every tensor that `run` makes. */
  tidy(run: () => void): void;
  tensor(values: ArrayLike<number>, shape: readonly number[], type: "float32" | "int32"): TfTensor;
  scalar(value: number): TfTensor;
  broadcastTo(x: TfTensor, shape: readonly number[]): TfTensor;
  cast(x: TfTensor, type: "float32"): TfTensor;
  concat(parts: readonly TfTensor[], axis: number): TfTensor;
  gather(x: TfTensor, places: TfTensor, axis: number): TfTensor;
  leakyRelu(x: TfTensor, slope: number): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transA?: boolean, transB?: boolean): TfTensor;
  pad(x: TfTensor, around: readonly (readonly [number, number])[]): TfTensor;
  reshape(x: TfTensor, shape: readonly number[]): TfTensor;
  scatterND(places: TfTensor, updates: TfTensor, shape: readonly number[]): TfTensor;
  slice(x: TfTensor, begin: readonly number[], size: readonly number[]): TfTensor;
  split(x: TfTensor, parts: number | readonly number[], axis: number): TfTensor[];
  transpose(x: TfTensor, order: readonly number[]): TfTensor;
  where(condition: TfTensor, yes: TfTensor, no: TfTensor): TfTensor;
}
