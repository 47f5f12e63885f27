import type { ConnectorSpec } from '../contract/types.ts';
import { googleDrive } from './google_drive/index.ts';
import { http } from './http/index.ts';

/** Every connector of the house. Being listed here is the registration. */
export const connectorSpecs: readonly ConnectorSpec[] = Object.freeze([googleDrive, http]);
