// A SampleBlock that grows: capacity doubles, so a push is amortised constant and makes no object.
import type { SampleBlock } from '#model/signal.ts';

export class GrowingBlock {
  #length = 0;
  #timesMs = new Float64Array(16);
  #seenMs = new Float64Array(16);
  #ids = new Uint32Array(16);
  #values = new Float64Array(16);

  push(timeMs: number, seenMs: number, id: number, value: number): void {
    if (this.#length === this.#ids.length) this.#grow();
    this.#timesMs[this.#length] = timeMs;
    this.#seenMs[this.#length] = seenMs;
    this.#ids[this.#length] = id;
    this.#values[this.#length++] = value;
  }

  /** Columns of exactly the pushed rows, with buffers of their own. */
  toBlock(): SampleBlock {
    return {
      timesMs: this.#timesMs.slice(0, this.#length),
      seenMs: this.#seenMs.slice(0, this.#length),
      ids: this.#ids.slice(0, this.#length),
      values: this.#values.slice(0, this.#length),
    };
  }

  #grow(): void {
    const size = this.#length * 2;
    const times = new Float64Array(size);
    times.set(this.#timesMs);
    this.#timesMs = times;
    const seen = new Float64Array(size);
    seen.set(this.#seenMs);
    this.#seenMs = seen;
    const ids = new Uint32Array(size);
    ids.set(this.#ids);
    this.#ids = ids;
    const values = new Float64Array(size);
    values.set(this.#values);
    this.#values = values;
  }
}
