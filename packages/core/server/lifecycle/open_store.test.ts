import { expect, it } from 'vitest';
import { coreSchemas } from '../config/index.ts';
import { createLoggerMock } from '../logging/logger.mock.ts';
import { ManualClock } from '../time/manual_time.mock.ts';
import { openStore } from './open_store.ts';

it.each([
  ['none', 1],
  ['certificate', 0],
  ['full', 0],
] as const)(
  'C52: opening the store with verificationMode %s logs %d warnings',
  async (verificationMode, times) => {
    const logger = createLoggerMock();
    const store = await openStore({
      elasticsearch: coreSchemas.elasticsearch.parse({
        hosts: 'https://es.example.com:9200',
        ssl: { verificationMode },
      }),
      root: '.',
      dataPath: '.',
      logger,
      clock: new ManualClock(),
    });
    await store.close();
    const warnings = logger.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(times);
    for (const { message } of warnings)
      expect(message).toContain('elasticsearch.ssl.verificationMode');
  },
);
