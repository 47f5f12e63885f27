/** Minimum buffer size in bytes from the second part of a body on. */
const MIN_GROWTH = 16 * 1024;

/**
 * Collects the parts of a body in one buffer. Each part is copied: a reference to it would keep the
 * whole buffer that was read from the socket, up to 64 kB for one byte if the sender fills the rest
 * with bytes that HTTP ignores.
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

  /** Returns all bytes received so far. The result shares memory with the collected buffer. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#size);
  }

  /**
   * Enlarges the buffer to `size` bytes. Most bodies have one part, which gets a buffer of
   * exactly its size.
   */
  #growTo(size: number): void {
    const room = this.#size === 0 ? size : Math.max(size, MIN_GROWTH, 2 * this.#buffer.length);
    const grown = Buffer.allocUnsafe(room);
    this.#buffer.copy(grown, 0, 0, this.#size);
    this.#buffer = grown;
  }
}
