import { execFileSync } from 'node:child_process';
import fs, {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppenderSettings, LoggingSettings } from './logger_settings.ts';
import { LoggingService } from './logging_service.ts';

let folder: string;
let now: number;
let dropped: [string, number][];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-log-'));
  now = Date.parse('2030-01-01T12:00:00Z');
  dropped = [];
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const aService = (over: Partial<LoggingSettings> = {}, destination?: string[]) =>
  new LoggingService({
    settings: {
      root: { level: 'info', appenders: ['default'] },
      appenders: {},
      loggers: [],
      ...over,
    },
    mode: 'production',
    version: '1',
    node: 'n',
    root: folder,
    now: () => now,
    onDropped: (appender, lines) => dropped.push([appender, lines]),
    ...(destination === undefined
      ? {}
      : { destination: { write: (line: string) => void destination.push(line) } }),
  });

const modeOf = (...path: string[]) => statSync(join(folder, ...path)).mode & 0o777;
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
/** Waits for the next turn of the event loop. Lines of one turn are written together. */
const aTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Creates a logger with this appender. The file name is relative to the folder. */
const writingTo = (appender: AppenderSettings) =>
  aService({
    root: { level: 'info', appenders: ['own'] },
    appenders: { own: appender },
  }).get('a');

describe('a log file', () => {
  it('is readable by its owner only, and so is a folder created for it', () => {
    writingTo({ type: 'file', fileName: 'logs/deep/a.log' }).warn('x');
    expect([modeOf('logs', 'deep', 'a.log'), modeOf('logs', 'deep'), modeOf('logs')]).toEqual([
      0o600, 0o700, 0o700,
    ]);
  });

  it('becomes private when an earlier version made it public, but its folder does not change', () => {
    mkdirSync(join(folder, 'logs'));
    chmodSync(join(folder, 'logs'), 0o755);
    writeFileSync(join(folder, 'logs', 'a.log'), 'before\n', { mode: 0o644 });
    chmodSync(join(folder, 'logs', 'a.log'), 0o644);
    writingTo({ type: 'file', fileName: 'logs/a.log' }).warn('after');
    expect([modeOf('logs', 'a.log'), modeOf('logs')]).toEqual([0o600, 0o755]);
    expect(read('logs', 'a.log')).toMatch(/^before\n.*after/);
  });

  // `/dev/full` is a device that is always full. Only Linux has it.
  (existsSync('/dev/full') ? it : it.skip)(
    'counts the lines that it drops while it cannot be written: %s',
    async () => {
      const logger = writingTo({ type: 'file', fileName: '/dev/full' });
      for (let i = 0; i < 3_000; i += 1) logger.warn('x'.repeat(500));
      await aTurn();
      const lines = dropped.reduce((sum, [, count]) => sum + count, 0);
      expect(new Set(dropped.map(([appender]) => appender))).toEqual(new Set(['own']));
      expect(lines).toBeGreaterThan(500);
      expect(lines).toBeLessThan(3_000);
    },
  );
});

describe('a log that could not be written for a while', () => {
  it('states how many lines are missing once it can be written again', async () => {
    const logger = writingTo({ type: 'file', fileName: 'a.log' });
    logger.warn('before');
    const full = vi.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    });
    for (let i = 0; i < 3_000; i += 1) logger.warn(`waits or is lost ${'x'.repeat(500)}`);
    full.mockRestore();
    logger.warn('after');
    await aTurn();
    await aTurn();
    const written = read('a.log').trimEnd().split('\n');
    const lost = dropped.reduce((sum, [, lines]) => sum + lines, 0);
    expect(lost).toBeGreaterThan(500);
    expect(written.filter((line) => line.includes('waits or is lost'))).toHaveLength(3_000 - lost);
    expect(written.at(-2)).toContain('after');
    expect(written.at(-1)).toContain(`${lost} log lines are missing here`);
  });
});

describe('a rolling file', () => {
  const strategy = { type: 'numeric', pattern: '-%i', max: 2 } as const;

  it('starts a new file above a size, keeps the configured number of files, and splits no line', async () => {
    const policy = { type: 'size-limit', size: 2_000 } as const;
    const logger = writingTo({ type: 'rolling-file', fileName: 'a.log', policy, strategy });
    for (let i = 0; i < 40; i += 1) logger.warn(`line ${i} ${'x'.repeat(200)}`);
    await aTurn();
    expect(readdirSync(folder).sort()).toEqual(['a-1.log', 'a-2.log', 'a.log']);
    const numbers = ['a-2.log', 'a-1.log', 'a.log'].flatMap((name) =>
      read(name)
        .trimEnd()
        .split('\n')
        .map((line) => Number(/^line (\d+)/.exec(JSON.parse(line).message)?.[1])),
    );
    expect(numbers).toEqual(numbers.map((_, index) => 40 - numbers.length + index));
    for (const name of readdirSync(folder)) {
      expect(modeOf(name)).toBe(0o600);
      expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(2_000);
    }
  });

  it('starts a new file at midnight, even when the server started later that day', async () => {
    const policy = { type: 'time-interval', interval: 86_400_000, modulate: true } as const;
    const logger = writingTo({ type: 'rolling-file', fileName: 'a.log', policy, strategy });
    logger.warn('at noon');
    now += 11 * 3_600_000;
    logger.warn('before midnight');
    now += 2 * 3_600_000;
    logger.warn('after midnight');
    expect(read('a-1.log')).toMatch(/at noon.*\n.*before midnight/);
    expect(read('a.log')).toMatch(/^[^\n]*after midnight[^\n]*\n$/);
  });

  it('keeps writing to the same file when it cannot be renamed', () => {
    const policy = { type: 'size-limit', size: 1_000 } as const;
    const logger = writingTo({ type: 'rolling-file', fileName: 'a.log', policy, strategy });
    // A folder with files makes the rename fail.
    mkdirSync(join(folder, 'a-1.log', 'full'), { recursive: true });
    mkdirSync(join(folder, 'a-2.log', 'full'), { recursive: true });
    for (let i = 0; i < 5; i += 1) logger.warn('x'.repeat(500));
    expect(read('a.log').trimEnd().split('\n')).toHaveLength(5);
  });
});

describe('a dedicated logger', () => {
  it('writes at info, whatever the levels of the root and of parent loggers', () => {
    const lines: string[] = [];
    const service = aService(
      {
        root: { level: 'off', appenders: ['default'] },
        loggers: [{ name: 'plugins', level: 'error' }],
      },
      lines,
    );
    const logger = service.setup.createDedicatedLogger({ name: 'plugins.a', appender: undefined });
    logger.info('written');
    service.get('plugins.a').info('not written');
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['written']);
    expect(logger.isLevelEnabled('info')).toBe(true);
  });

  it('writes prepared lines within 100 ms, in the order of all lines', async () => {
    // Fake timers are needed, because on a busy machine 100 ms could end between two lines.
    vi.useFakeTimers({ toNotFake: ['setImmediate', 'nextTick'] });
    const appender = { type: 'file', fileName: 'audit.log' } as const;
    const logger = aService().setup.createDedicatedLogger({ name: 'a', appender });
    const messages = () =>
      read('audit.log')
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line).message]));
    logger.prepareLater('1')();
    await aTurn();
    expect(messages()).toEqual([]);
    logger.info('2');
    await aTurn();
    expect(messages()).toEqual(['1', '2']);
    logger.prepareLater('3')();
    logger.warn('4');
    expect(messages()).toEqual(['1', '2', '3', '4']);
    logger.prepareLater('5')();
    vi.advanceTimersByTime(100);
    expect(messages()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('writes prepared lines in the first turn after the event loop was blocked', async () => {
    const appender = { type: 'file', fileName: 'audit.log' } as const;
    const logger = aService().setup.createDedicatedLogger({ name: 'a', appender });
    logger.prepareLater('early')();
    const end = performance.now() + 200;
    while (performance.now() < end);
    await sleep(1);
    expect(read('audit.log')).toContain('"message":"early"');
  });

  it('writes prepared lines immediately when many are pending', () => {
    const appender = { type: 'file', fileName: 'audit.log' } as const;
    const logger = aService().setup.createDedicatedLogger({ name: 'a', appender });
    for (let i = 0; i < 1000; i += 1) logger.prepareLater('x'.repeat(500))();
    expect(read('audit.log').split('\n').length).toBeGreaterThan(850);
  });

  it('writes prepared lines when the process ends', () => {
    const program = `
      import { LoggingService } from '${join(import.meta.dirname, 'logging_service.ts')}';
      const settings = { root: { level: 'info', appenders: [] }, appenders: {}, loggers: [] };
      const service = new LoggingService({
        settings, mode: 'production', version: '1', node: 'n', root: '${folder}', now: Date.now,
      });
      const appender = { type: 'file', fileName: 'audit.log' };
      service.setup.createDedicatedLogger({ name: 'a', appender }).prepareLater('last')();
    `;
    execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', program]);
    expect(read('audit.log')).toContain('"message":"last"');
  });

  it('writes to its own file, and not to the server log, when it has an appender', () => {
    const lines: string[] = [];
    const service = aService({}, lines);
    const appender = { type: 'file', fileName: 'audit.log' } as const;
    const logger = service.setup.createDedicatedLogger({ name: 'a', appender });
    logger.warn('x');
    expect(read('audit.log')).toContain('"message":"x"');
    expect([lines, modeOf('audit.log')]).toEqual([[], 0o600]);
  });

  it.each([
    ['its own entry has a lower level', { loggers: [{ name: 'a', level: 'warn' as const }] }],
    ['no entry has an appender', { root: { level: 'info' as const, appenders: [] } }],
    ['its own entry has no appender', { loggers: [{ name: 'a', appenders: [] }] }],
  ])('reports that it is disabled when %s', (_, settings) => {
    const { setup } = aService(settings);
    const logger = setup.createDedicatedLogger({ name: 'a', appender: undefined });
    expect(logger.isLevelEnabled('info')).toBe(false);
  });
});
