import type { Clock, Counter, Histogram, Logger } from '@latchkey/core/server';
import type { Egress } from '@latchkey/egress';
import type { TypeRegistry } from '../connector_types/index.ts';
import type { TokenService } from '../types.ts';
import type { ConnectorValidationCache } from './connector_validation_cache.ts';
import type { TokenRejections } from './token_rejections.ts';

/** Dependencies of executing a connector. */
export interface ExecutionDeps {
  readonly types: TypeRegistry;
  readonly known: ConnectorValidationCache;
  readonly tokens: TokenService;
  readonly rejections: TokenRejections;
  readonly egress: Egress;
  readonly limits: {
    /**
     * Maximum bytes of a response. `fetchOptions.max_content_length` may override it for one call.
     */
    readonly maxResponseBytes: number;
    /** Milliseconds for one outbound request. */
    readonly responseTimeoutMs: number;
  };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: { readonly executions: Counter; readonly duration: Histogram };
}
