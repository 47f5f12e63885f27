import { z } from 'zod';
import { durationMs } from './value_types.ts';

const file = z.string().min(1).max(4096);
const text = z.string().min(1).max(4096);
const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.union([schema.transform((one) => [one]), z.array(schema).max(50)]);

/**
 * Schema of `elasticsearch.*`, with Kibana's names. Without `hosts` the embedded store is used and
 * the other settings have no effect.
 */
export const elasticsearch = z
  .strictObject({
    /** Nodes of the cluster. `undefined`: the embedded store. */
    hosts: oneOrMore(z.url({ protocol: /^https?$/ })).optional(),
    username: text.optional(),
    password: text.optional(),
    apiKey: text.optional(),
    serviceAccountToken: text.optional(),
    requestTimeout: durationMs({ min: '100ms', max: '10m' }).prefault('30s'),
    /** Time limit of a ping. Default: the value of `requestTimeout`. */
    pingTimeout: durationMs({ min: '100ms', max: '10m' }).optional(),
    maxRetries: z.int().min(0).max(20).default(3),
    compression: z.boolean().default(false),
    customHeaders: z.record(z.string().min(1).max(200), z.string().max(8192)).default({}),
    /**
     * Prefix of the names of indices and aliases, so that one cluster can store several
     * installations. Kibana has no such setting.
     */
    indexPrefix: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9_-]{0,40}$/,
        'up to 41 lower-case letters, digits, _ and -, beginning with a letter or digit',
      )
      .default('latchkey_'),
    ssl: z
      .strictObject({
        /** Paths of PEM files with certificate authorities. */
        certificateAuthorities: oneOrMore(file).optional(),
        verificationMode: z.enum(['full', 'certificate', 'none']).default('full'),
      })
      .prefault({}),
  })
  .superRefine((value, context) => {
    const refuse = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message });
    if ((value.username === undefined) !== (value.password === undefined)) {
      refuse('password', 'set elasticsearch.username and elasticsearch.password together');
    }
    const ways = [value.username, value.apiKey, value.serviceAccountToken];
    if (ways.filter((way) => way !== undefined).length > 1) {
      refuse('apiKey', 'give one of username with password, apiKey and serviceAccountToken');
    }
    for (const host of value.hosts ?? []) {
      const url = URL.parse(host);
      if (url?.username || url?.password) {
        refuse('hosts', 'must not contain credentials; use elasticsearch.username and password');
      }
    }
  });

/** Parsed `elasticsearch.*`; durations are in milliseconds. */
export type ElasticsearchConfig = z.infer<typeof elasticsearch>;
