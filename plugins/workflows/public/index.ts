import { WorkflowsBrowserPlugin } from './plugin.ts';

export type { WorkflowsBrowserSetup, WorkflowsBrowserStart } from './types.ts';

/** Entry point that the loader of the web app calls. */
export const plugin = (): WorkflowsBrowserPlugin => new WorkflowsBrowserPlugin();
