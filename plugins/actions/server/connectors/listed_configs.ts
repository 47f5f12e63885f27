import { ENABLED_ACTIONS } from '@latchkey/connector-specs';
import type { DecryptedConnector } from '../connector_data/index.ts';

/** Maximum characters of the configs of one list, as JSON. */
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
    const size = hasMoreCharacters(config, this.#left) ? undefined : JSON.stringify(config).length;
    if (size !== undefined && size <= this.#left) {
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
 * Tells if the texts in a value alone have more characters than `limit`. Much cheaper than writing
 * the value as JSON, which most configs of a full list need not be.
 */
function hasMoreCharacters(value: unknown, limit: number): boolean {
  let left = limit;
  const open: unknown[] = [value];
  while (open.length > 0 && left >= 0) {
    const next = open.pop();
    if (typeof next === 'string') left -= next.length;
    else if (typeof next === 'object' && next !== null) open.push(...Object.values(next));
  }
  return left < 0;
}
