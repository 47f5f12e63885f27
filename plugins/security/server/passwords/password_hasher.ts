import { scrypt, timingSafeEqual } from 'node:crypto';
import type { Randomness } from '@latchkey/core/server';
import { SecurityError } from '../security_error.ts';
import { BoundedWork } from './bounded_work.ts';

/** scrypt parameters (RFC 7914 §2). Memory is `128 * 2^logN * blockSize` bytes. */
export interface ScryptCost {
  /** Binary logarithm of the number of iterations. */
  readonly logN: number;
  /** Parameter `r`, in units of 128 bytes. */
  readonly blockSize: number;
  readonly parallelization: number;
}

/** Takes 32 MiB and about a tenth of a second per password. */
const DEFAULT_SCRYPT_COST: ScryptCost = { logN: 15, blockSize: 8, parallelization: 1 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const ENCODED =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{16,64})\$([A-Za-z0-9_-]{32,128})$/;
/** Source of hashes for new passwords. Only signed-in users can request such hashes. */
const INTERNAL_SOURCE = '';
/**
 * Maximum of a stored parameter: a document that was tampered with must not exhaust the memory of
 * the process.
 */
const MAX_LOG_N = 20;

interface Stored {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** Options of {@link PasswordHasher}. */
export interface PasswordHasherOptions {
  readonly randomness: Pick<Randomness, 'bytes'>;
  readonly cost?: ScryptCost;
  /** Maximum number of hashes computed at the same time. Default: 2, half of the thread pool. */
  readonly maxConcurrent?: number;
  /** Maximum number of queued hashes. Default 128. */
  readonly maxWaiting?: number;
}

/**
 * Computes salted scrypt hashes of passwords and verifies them in constant time. A hash contains
 * its own parameters.
 */
export class PasswordHasher {
  readonly #randomness: Pick<Randomness, 'bytes'>;
  readonly #cost: ScryptCost;
  readonly #work: BoundedWork;
  readonly #decoy: Stored;

  constructor(options: PasswordHasherOptions) {
    this.#randomness = options.randomness;
    this.#cost = options.cost ?? DEFAULT_SCRYPT_COST;
    this.#work = new BoundedWork({
      maxConcurrent: options.maxConcurrent ?? 2,
      maxWaiting: options.maxWaiting ?? 128,
    });
    this.#decoy = {
      cost: this.#cost,
      salt: options.randomness.bytes(SALT_BYTES),
      hash: options.randomness.bytes(HASH_BYTES),
    };
  }

  /**
   * Hashes a password.
   * @throws SecurityError `login_busy`
   */
  async hash(password: string): Promise<string> {
    const salt = this.#randomness.bytes(SALT_BYTES);
    const hash = await this.#derive(
      password,
      { cost: this.#cost, salt, hash: salt },
      INTERNAL_SOURCE,
    );
    return encode({ cost: this.#cost, salt, hash });
  }

  /**
   * Compares a password with a stored hash. For `stored: undefined` (no such user) it takes the
   * same time as for a wrong password, and `ok` is never true. `outdated`: the parameters have
   * changed since the hash was made, so a new one should be stored.
   * @param source of the password; sources are served in turn when many wait
   * @throws SecurityError `login_busy`, or `password_unreadable` when the stored hash is damaged
   */
  async verify(
    password: string,
    stored: string | undefined,
    source: string = INTERNAL_SOURCE,
  ): Promise<{ readonly ok: boolean; readonly outdated: boolean }> {
    const expected = stored === undefined ? this.#decoy : decode(stored);
    const actual = await this.#derive(password, expected, source);
    const ok = timingSafeEqual(actual, expected.hash) && stored !== undefined;
    return { ok, outdated: ok && !sameCost(expected.cost, this.#cost) };
  }

  #derive(password: string, { cost, salt }: Stored, source: string): Promise<Buffer> {
    const options = {
      N: 2 ** cost.logN,
      r: cost.blockSize,
      p: cost.parallelization,
      // Node refuses a cost that needs exactly this limit, so the limit is twice the need.
      maxmem: 256 * 2 ** cost.logN * cost.blockSize,
    };
    // Some systems send composed letters, others decomposed ones. Both must give the same hash.
    const normalized = password.normalize('NFKC');
    return this.#work.run(
      () =>
        new Promise((resolve, reject) => {
          scrypt(normalized, salt, HASH_BYTES, options, (error, key) =>
            error === null ? resolve(key) : reject(error),
          );
        }),
      source,
    );
  }
}

function encode({ cost, salt, hash }: Stored): string {
  const parameters = `ln=${cost.logN},r=${cost.blockSize},p=${cost.parallelization}`;
  return `$scrypt$${parameters}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

function decode(stored: string): Stored {
  const [, logN, blockSize, parallelization, salt = '', hash = ''] = ENCODED.exec(stored) ?? [];
  const decoded: Stored = {
    cost: {
      logN: Number(logN),
      blockSize: Number(blockSize),
      parallelization: Number(parallelization),
    },
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
  if (!(decoded.cost.logN <= MAX_LOG_N) || decoded.hash.length !== HASH_BYTES) {
    throw new SecurityError('password_unreadable', 'The stored password hash cannot be read.');
  }
  return decoded;
}

function sameCost(a: ScryptCost, b: ScryptCost): boolean {
  return (
    a.logN === b.logN && a.blockSize === b.blockSize && a.parallelization === b.parallelization
  );
}
