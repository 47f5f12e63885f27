import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoggingSettings } from './logger_settings.ts';
import { LoggingService } from './logging_service.ts';

function aService(over: Partial<LoggingSettings> = {}) {
  const lines: string[] = [];
  const service = new LoggingService({
    settings: {
      root: { level: 'info', appenders: ['default'] },
      appenders: {},
      loggers: [],
      ...over,
    },
    mode: 'production',
    version: '1.2.3',
    root: tmpdir(),
    now: () => Date.now(),
    node: 'n1',
    destination: { write: (line: string) => void lines.push(line) },
  });
  return { service, lines, parsed: () => lines.map((line) => JSON.parse(line)) };
}

describe('the logging service', () => {
  it('writes one ECS line per call', () => {
    const { service, parsed } = aService();
    service.get('plugins', 'actions').warn('Slow', { event: { action: 'call' }, tags: ['a'] });
    expect(parsed()).toEqual([
      expect.objectContaining({
        'log.level': 'warn',
        'log.logger': 'plugins.actions',
        message: 'Slow',
        event: { action: 'call' },
        tags: ['a'],
        'service.version': '1.2.3',
        'service.node.name': 'n1',
        '@timestamp': expect.any(String),
      }),
    ]);
  });

  it('uses level and appenders of the most specific entry for the logger', () => {
    const { service, parsed } = aService({
      loggers: [
        { name: 'plugins', level: 'error' },
        { name: 'plugins.actions', level: 'debug' },
        { name: 'plugins.actions.oauth', appenders: ['default', 'default'] },
        { name: 'quiet', level: 'off' },
      ],
    });
    service.get('plugins.actions').debug('1');
    service.get('plugins.actions').get('oauth').debug('2');
    service.get('plugins.actionsx').warn('no: another name that begins the same');
    service.get('plugins').error('3');
    service.get('quiet').fatal('no: off');
    service.get('other').debug('no: root is info');
    service.get('other').info('4');
    expect(parsed().map((line) => line.message)).toEqual(['1', '2', '2', '3', '4']);
  });

  it('writes the same text for a prepared line as for an ordinary one', () => {
    const { service, lines } = aService();
    const logger = service.setup.createDedicatedLogger({ name: 'a "b"', appender: undefined });
    const withoutTime = (line: string | undefined) =>
      line?.replace(/"@timestamp":"[^"]*"/, '"@timestamp":""');
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('Bearer abcdefgh', 'code=secret', '$&', undefined, new Error('x')),
      fc.jsonValue(),
    );
    const fields = fc.dictionary(
      fc.string().map((name) => `a.${name}`),
      value,
    );
    const more = fc.dictionary(
      fc.constantFrom('trace.id', 'error.code', 'password', 'b\\"'),
      value,
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fields, more, (message, meta, changing) => {
        lines.length = 0;
        const write = logger.prepareLater(message, meta);
        for (const each of [changing, {}, undefined]) {
          write(each);
          logger.info(message, { ...meta, ...each });
          const [prepared, ordinary] = lines.slice(-2);
          expect(withoutTime(prepared)).toBe(withoutTime(ordinary));
          expect(JSON.parse(prepared ?? '')).toMatchObject({ 'log.logger': 'a "b"' });
        }
      }),
    );
  });

  it('omits fields without a value, including those whose names stand for a secret', () => {
    const { service, lines } = aService();
    service.get('a').info('x', { 'error.code': undefined, password: undefined, user: 'u' });
    expect(lines[0]).not.toMatch(/error|password|redacted/);
    expect(lines[0]).toContain('"user":"u"');
  });

  it('reports a level as enabled only if its lines are written', () => {
    const logger = aService().service.get('a');
    expect(logger.isLevelEnabled('info')).toBe(true);
    expect(logger.isLevelEnabled('debug')).toBe(false);
  });

  it('omits stacks unless the logger is at debug', () => {
    const { service, parsed } = aService({ loggers: [{ name: 'loud', level: 'debug' }] });
    const error = new Error('boom');
    service.get('calm').error('x', { error });
    service.get('loud').error('x', { error });
    const [calm, loud] = parsed();
    expect(calm.error).toEqual({ type: 'Error', message: 'boom' });
    expect(loud.error.stack_trace).toContain('logging_service.integration.test');
  });

  it('E63: writes no secret at trace, in message or fields, in either layout', () => {
    for (const type of ['json', 'pattern'] as const) {
      const { service, lines } = aService({
        root: { level: 'trace', appenders: ['default'] },
        appenders: { default: { type: 'console', layout: { type } } },
      });
      const logger = service.get('a');
      const error = Object.assign(new Error('Bearer canary-123456'), { config: 'canary' });
      for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
        logger[level]('got access_token=canary', {
          token: 'canary',
          error,
          cause: error,
          headers: { cookie: 'canary' },
        });
      }
      expect(lines.length).toBeGreaterThanOrEqual(6);
      expect(lines.join('')).not.toContain('canary');
      expect(lines.join('')).toContain('[redacted]');
    }
  });

  it('writes readable lines in the pattern layout', () => {
    const { service, lines } = aService({
      appenders: { default: { type: 'console', layout: { type: 'pattern' } } },
    });
    service.get('plugins.a').info('Hello');
    expect(lines.join('')).toMatch(/^\[\d{4}-.*\] INFO: \[plugins\.a\] Hello\n$/);
  });

  it('E162: writes one line, without control characters, whatever names a caller chose', () => {
    for (const type of ['json', 'pattern'] as const) {
      const { service, lines } = aService({
        appenders: { default: { type: 'console', layout: { type } } },
      });
      const name = 'x]\n[12:00] INFO: [audit] forged\r\u001b[2J\u009b2J\u202e\u2028';
      service.get('a').info(`User failed to read connector [${name}]`, { object: { id: name } });
      const text = lines.join('');
      expect(text.split('\n')).toHaveLength(2);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are not allowed
      expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f]/);
      if (type === 'pattern') expect(text).not.toMatch(/[\u007f-\u009f\u2028-\u202e]/);
      expect(text).toContain('x]\\n[12:00] INFO: [audit] forged');
    }
  });

  // `/dev/full` is a device that is always full. Only Linux has it.
  (existsSync('/dev/full') ? it : it.skip)(
    'continues when the disk of its file is full, and keeps a bounded number of lines: %s',
    async () => {
      const { service } = aService({
        root: { level: 'info', appenders: ['file'] },
        appenders: { file: { type: 'file', fileName: '/dev/full', layout: { type: 'json' } } },
      });
      const logger = service.get('a');
      for (let i = 0; i < 3_000; i += 1) logger.warn('x'.repeat(500));
      logger.info('held back until the next turn');
      await new Promise((resolve) => setImmediate(resolve));
      expect(logger.isLevelEnabled('warn')).toBe(true);
    },
  );

  describe('with a file', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'latchkey-log-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    function aFileLogger() {
      const fileName = join(folder, 'deep', 'a.log');
      const { service } = aService({
        root: { level: 'info', appenders: ['file'] },
        appenders: { file: { type: 'file', fileName, layout: { type: 'json' } } },
      });
      return { logger: service.get('a'), written: () => readFileSync(fileName, 'utf8') };
    }

    it.each(['warn', 'error', 'fatal'] as const)(
      'has written a line of level %s and all earlier lines when the call returns',
      (level) => {
        const { logger, written } = aFileLogger();
        logger.info('first');
        logger[level]('second');
        expect(written()).toMatch(/"message":"first".*\n.*"message":"second"/);
      },
    );

    it('has written every line in order before the next turn of the event loop', async () => {
      const { logger, written } = aFileLogger();
      for (let i = 0; i < 100; i += 1) logger.info(`line ${i}`);
      await new Promise((resolve) => setImmediate(resolve));
      const messages = written()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).message);
      expect(messages).toEqual(Array.from({ length: 100 }, (_, i) => `line ${i}`));
    });

    it.each(['process.exit(3)', "throw new Error('early')"])(
      'has written a line when the process ends by %s in the same turn',
      (ending) => {
        const fileName = join(folder, 'ended.log');
        const program = `
          import { LoggingService } from ${JSON.stringify(join(import.meta.dirname, 'logging_service.ts'))};
          const service = new LoggingService({
            settings: {
              root: { level: 'info', appenders: ['file'] }, loggers: [],
              appenders: { file: { type: 'file', fileName: ${JSON.stringify(fileName)}, layout: { type: 'json' } } },
            },
            mode: 'production', version: '1', node: 'n', root: '/', now: Date.now,
          });
          service.get('a').info('kept');
          ${ending};`;
        const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', program]);
        expect(status).not.toBe(0);
        expect(readFileSync(fileName, 'utf8')).toContain('"message":"kept"');
      },
    );
  });
});
