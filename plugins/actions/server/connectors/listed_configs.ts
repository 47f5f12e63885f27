import { ENABLED_ACTIONS } from '@latchkey/connector-specs';
import type { DecryptedConnector } from '../connector_data/index.ts';

/** Maximum number of characters in the keys and strings of all configs of one list. */
const MAX_LISTED_CHARACTERS = 8_000_000;

/** Config fields that every connector has. Lists need them, and they are short. */
const COMMON_FIELDS = ['authType', ENABLED_ACTIONS];

type Configured = Pick<DecryptedConnector, 'config'> & {
  /** `true`: `config` contains only the fields that every connector has. */
  readonly isConfigLeftOut?: true;
};

/**
 * Removes configs from a list once their total size exceeds the maximum, which bounds memory and
 * response. Use one object for one list.
 */
export class ListedConfigs {
  #left = MAX_LISTED_CHARACTERS;

  /** Returns the connector, or a copy with a reduced config if the list has no room for it. */
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
 * Counts the characters of the keys and strings in a value. Counting stops above `limit`, and is
 * much cheaper than serializing the value.
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
