import { ENABLED_ACTIONS } from '@latchkey/connector-specs';
import type { DecryptedConnector } from '../connector_data/index.ts';

/** Maximum characters of the names and texts in the configs of one list. */
const MAX_LISTED_CHARACTERS = 8_000_000;

/** Fields of every connector, which lists need to show it. They are short. */
const COMMON_FIELDS = ['authType', ENABLED_ACTIONS];

type Configured = Pick<DecryptedConnector, 'config'> & {
  /** `true`: `config` has only the fields that every connector has. */
  readonly isConfigLeftOut?: true;
};

/**
 * Leaves out configs for which a list has no more room, so that memory and response stay bounded.
 * One object serves one list.
 */
export class ListedConfigs {
  #left = MAX_LISTED_CHARACTERS;

  /** Returns the connector, or a copy without the rest of its config. */
  withRoom<T extends Configured>(connector: T): T {
    const { config } = connector;
    const size = charactersIn(config, this.#left);
    if (size <= this.#left) {
      this.#left -= size;
      return connector;
    }
    const kept = COMMON_FIELDS.flatMap((name) =>
      Object.hasOwn(config, name) ? [[name, config[name]] as const] : [],
    );
    return { ...connector, config: Object.fromEntries(kept), isConfigLeftOut: true };
  }
}

/**
 * Characters of the names and texts in a value. Counting is much cheaper than writing the value as
 * JSON, and ends above `limit`.
 */
function charactersIn(value: unknown, limit: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  let count = 0;
  for (const [name, member] of Object.entries(value)) {
    count += name.length + charactersIn(member, limit - count);
    if (count > limit) break;
  }
  return count;
}
