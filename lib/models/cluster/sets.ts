/** Disjoint sets of 0 … count-1; the root of a set is its lowest member. */
export class Sets {
  private readonly parent: Int32Array;

  constructor(count: number) {
    this.parent = Int32Array.from({ length: count }, (_, i) => i);
  }

  root(of: number): number {
    const { parent } = this;
    let at = of;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  }

  join(a: number, b: number): void {
    const [x, y] = [this.root(a), this.root(b)];
    if (x < y) this.parent[y] = x;
    else this.parent[x] = y;
  }
}
