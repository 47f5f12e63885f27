/** Bytes for which room is made when a second part arrives. */
const MIN_GROWTH = 16 * 1024;

/**
 * The parts of a body in one buffer. A part that is kept itself would keep the buffer that its
 * socket was read into: up to 64 kB for one byte, if a sender fills the rest with what HTTP
 * ignores.
 */
export class ReceivedBody {
  #buffer: Buffer = Buffer.alloc(0);
  #size = 0;

  /** Bytes received so far. */
  get size(): number {
    return this.#size;
  }

  append(part: Uint8Array): void {
    const size = this.#size + part.length;
    if (size > this.#buffer.length) this.#growTo(size);
    this.#buffer.set(part, this.#size);
    this.#size = size;
  }

  /** All bytes received so far. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#size);
  }

  /** Most bodies have one part, which gets a buffer of its size. */
  #growTo(size: number): void {
    const room = this.#size === 0 ? size : Math.max(size, MIN_GROWTH, 2 * this.#buffer.length);
    const grown = Buffer.allocUnsafe(room);
    this.#buffer.copy(grown, 0, 0, this.#size);
    this.#buffer = grown;
  }
}
