import type { ConnectorsUiStart } from '@latchkey/connectors-ui-plugin/public';

/** Contract for other plugins while they are set up. */
export type WorkflowsBrowserSetup = Readonly<Record<string, never>>;

/** Contract for other plugins while the web app runs. */
export type WorkflowsBrowserStart = Readonly<Record<string, never>>;

/** Contracts of other plugins while the web app runs. */
export interface WorkflowsBrowserStartDeps {
  readonly connectorsUi: ConnectorsUiStart;
}
