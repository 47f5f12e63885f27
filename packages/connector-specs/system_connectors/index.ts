import type { ConnectorSpec } from '../contract/types.ts';
import { httpSystem } from './http_system/http_system.ts';

/**
 * Connector types that only features of the server use. No user can create a connector of these
 * types.
 */
export const systemConnectorSpecs: readonly ConnectorSpec[] = Object.freeze([httpSystem]);
