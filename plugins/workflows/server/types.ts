import type { ActionsStart } from '@latchkey/actions-plugin/server';
import type { SecuritySetup, SecurityStart } from '@latchkey/security-plugin/server';
import type { SpacesSetup, SpacesStart } from '@latchkey/spaces-plugin/server';
import type { TaskManagerSetup, TaskManagerStart } from '@latchkey/task-manager-plugin/server';

/** Plugins that this plugin uses during setup. */
export interface WorkflowsSetupDeps {
  readonly security: SecuritySetup;
  readonly spaces: SpacesSetup;
  readonly taskManager: TaskManagerSetup;
}

/** Plugins that this plugin uses after the start. */
export interface WorkflowsStartDeps {
  readonly actions: ActionsStart;
  readonly security: SecurityStart;
  readonly spaces: SpacesStart;
  readonly taskManager: TaskManagerStart;
}
