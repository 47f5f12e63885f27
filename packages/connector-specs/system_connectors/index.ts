import type { ConnectorSpec } from '../contract/types.ts';
import { httpSystem } from './http_system/http_system.ts';

/** Types that only features of the server use. Nobody can create a connector of them. */
export const systemConnectorSpecs: readonly ConnectorSpec[] = Object.freeze([httpSystem]);
