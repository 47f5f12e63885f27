/** Contract for other plugins while they are set up. */
export type ConnectorsUiSetup = Record<string, never>;

/** Contract for other plugins while the web app runs. */
export type ConnectorsUiStart = Record<string, never>;
