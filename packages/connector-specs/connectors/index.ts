import type { ConnectorSpec } from '../contract/types.ts';
import { customApi } from './custom_api/index.ts';
import { googleDrive } from './google_drive/index.ts';
import { http } from './http/index.ts';
import { httpSystem } from './http_system/index.ts';

/** Every connector type of this server. To register a connector, add it to this list. */
export const connectorSpecs: readonly ConnectorSpec[] = Object.freeze([
  googleDrive,
  http,
  customApi,
]);

/** Types that only features of the server use. Nobody can create a connector of them. */
export const systemConnectorSpecs: readonly ConnectorSpec[] = Object.freeze([httpSystem]);
