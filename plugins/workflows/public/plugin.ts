import {
  type BrowserPlugin,
  type CoreSetup,
  type CoreStart,
  defineMessages,
} from '@latchkey/core/public';
import type { ComponentType } from 'react';
import { WORKFLOW_PRIVILEGES } from '../common/index.ts';
import { connectorUses } from './connector_uses.ts';
import { type Services, withServices } from './services.ts';
import type {
  WorkflowsBrowserSetup,
  WorkflowsBrowserStart,
  WorkflowsBrowserStartDeps,
} from './types.ts';

const messages = defineMessages({
  workflows: { id: 'workflows.app.workflows', defaultMessage: 'Workflows' },
});

/** Pages about workflows and their executions. */
export class WorkflowsBrowserPlugin
  implements
    BrowserPlugin<WorkflowsBrowserSetup, WorkflowsBrowserStart, object, WorkflowsBrowserStartDeps>
{
  #services: Services | undefined;

  setup(core: CoreSetup): WorkflowsBrowserSetup {
    core.application.register({
      id: 'workflows',
      path: '/app/workflows',
      hasSubpages: true,
      title: messages.workflows,
      icon: 'workflow',
      order: 30,
      section: 'main',
      requiredPrivileges: [WORKFLOW_PRIVILEGES.read],
      mount: this.#withServices(async () => (await import('./pages/index.ts')).WorkflowsApp),
    });
    core.chrome.registerHeaderItem({
      id: 'waiting_runs',
      side: 'right',
      order: 20,
      load: this.#withServices(async () => (await import('./waiting/index.ts')).WaitingItem),
    });
    return {};
  }

  start(core: CoreStart, { connectorsUi }: WorkflowsBrowserStartDeps): WorkflowsBrowserStart {
    this.#services = { connectorsUi };
    if (core.boot.user.privileges.includes(WORKFLOW_PRIVILEGES.read))
      connectorsUi.registerUses(connectorUses(core));
    return {};
  }

  #withServices(load: () => Promise<ComponentType>): () => Promise<ComponentType> {
    return async () => withServices(await load(), () => this.#startedServices());
  }

  #startedServices(): Services {
    if (this.#services === undefined)
      throw new TypeError('The plugin workflows was used before start() was called');
    return this.#services;
  }
}
