import { parseArgs } from 'node:util';
import { startControlServer } from './control/index.ts';
import { defaultPorts, startDevProviders } from './start_dev_providers.ts';

/**
 * Runs all test providers in a separate process, with the control API. Stops on SIGTERM and SIGINT.
 */
const { values } = parseArgs({
  options: {
    'google-port': { type: 'string', default: String(defaultPorts.google) },
    'ears-port': { type: 'string', default: String(defaultPorts.ears) },
    'strict-port': { type: 'string', default: String(defaultPorts.strict) },
    'control-port': { type: 'string', default: String(defaultPorts.control) },
    'callback-origin': { type: 'string', multiple: true, default: [] },
  },
});

const providers = await startDevProviders({
  google: { port: Number(values['google-port']) },
  ears: { port: Number(values['ears-port']) },
  strict: { port: Number(values['strict-port']) },
  publicCallbackOrigins: values['callback-origin'],
});
const control = await startControlServer(providers, Number(values['control-port'])).catch(
  async (error: unknown) => {
    await providers.stop();
    throw error;
  },
);

const lines = [
  `Google   ${providers.google.origin}`,
  `EARS     ${providers.ears.origin}`,
  `Strict   ${providers.strict.origin}`,
  `Control  ${control.origin}`,
];
process.stdout.write(`${lines.join('\n')}\n`);

const stop = (): void => {
  // The process ends by itself when its sockets are closed.
  void Promise.all([control.stop(), providers.stop()]);
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
