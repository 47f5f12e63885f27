import type { ActionsStart } from '@latchkey/actions-plugin/server';
import type { SecuritySetup, SecurityStart } from '@latchkey/security-plugin/server';
import type { SpacesSetup, SpacesStart } from '@latchkey/spaces-plugin/server';

/** Plugins that workflows needs during setup. */
export interface WorkflowsSetupDeps {
  readonly security: SecuritySetup;
  readonly spaces: SpacesSetup;
}

/** Plugins that workflows needs once started. */
export interface WorkflowsStartDeps {
  readonly actions: ActionsStart;
  readonly security: SecurityStart;
  readonly spaces: SpacesStart;
}
