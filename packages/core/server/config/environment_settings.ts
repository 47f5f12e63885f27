import { type ConfigShape, pathsOf } from './config_shape.ts';
import { ConfigText, type Environment } from './config_text.ts';
import type { ConfigSource } from './load_sources.ts';

/**
 * Reads settings from environment variables, which have the names of Kibana's container:
 * `server.publicBaseUrl` is `SERVER_PUBLICBASEURL`. Only known keys are looked up, so no other
 * variable can be mistaken for a setting. An empty variable counts as not set.
 */
export function environmentSettings(shape: ConfigShape, environment: Environment): ConfigSource[] {
  const sources: ConfigSource[] = [];
  for (const [path] of pathsOf(shape)) {
    const variable = path.replaceAll('.', '_').toUpperCase();
    const text = environment[variable];
    if (text !== undefined && text !== '') {
      const name = `environment variable ${variable}`;
      sources.push({ name, settings: { [path]: new ConfigText(text) } });
    }
  }
  return sources;
}
