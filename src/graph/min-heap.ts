/** Numbers, the smallest out first. */
export class MinHeap {
  readonly #numbers: number[] = [];

  push(value: number): void {
    const numbers = this.#numbers;
    let at = numbers.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = numbers[parent] ?? 0;
      if (above <= value) break;
      numbers[at] = above;
      at = parent;
    }
    numbers[at] = value;
  }

  pop(): number | undefined {
    const numbers = this.#numbers;
    const [smallest] = numbers;
    const last = numbers.pop();
    if (numbers.length === 0 || last === undefined) return smallest;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if ((numbers[child + 1] ?? Infinity) < (numbers[child] ?? Infinity)) child++;
      const below = numbers[child] ?? Infinity;
      if (below >= last) break;
      numbers[at] = below;
      at = child;
    }
    numbers[at] = last;
    return smallest;
  }
}
