import { z } from 'zod';

/**
 * A debugging connection to another process, with which a test measures its memory and CPU use
 * without changing it.
 */
export interface Inspector {
  /** Runs a garbage collection, and returns the memory that is in use after it. */
  memoryInUse(): Promise<MemoryInUse>;
  startProfile(): Promise<void>;
  /** Ends the profile and returns it as JSON, in the format of `.cpuprofile` files. */
  stopProfile(): Promise<unknown>;
  close(): void;
}

/** Memory of a process by kind, in bytes. */
export interface MemoryInUse {
  /** Memory of JavaScript objects in use. */
  readonly heapUsed: number;
  /** Memory in use outside the JavaScript heap; not all buffers and SQLite pages are included. */
  readonly external: number;
  /**
   * Memory that the operating system counts for the process. Memory that the process has freed
   * leaves this figure late or never.
   */
  readonly rss: number;
}

const memory = z.object({ heapUsed: z.number(), external: z.number(), rss: z.number() });
const evaluated = z.object({ result: z.object({ value: z.string() }) });
const profiled = z.object({ profile: z.unknown() });
const reply = z.object({
  id: z.number().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

const SAMPLE_INTERVAL_MICROSECONDS = 250;

/**
 * Connects to the inspector of a process.
 * @param url address that the process prints when its inspector opens
 */
export async function connectInspector(url: string): Promise<Inspector> {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener(
      'error',
      () => reject(new Error(`The inspector at ${url} refused the connection.`)),
      { once: true },
    );
  });
  const send = sender(socket);
  return {
    memoryInUse: async () => {
      await send('HeapProfiler.enable');
      await send('HeapProfiler.collectGarbage');
      const { result } = evaluated.parse(
        await send('Runtime.evaluate', { expression: 'JSON.stringify(process.memoryUsage())' }),
      );
      await send('HeapProfiler.disable');
      return memory.parse(JSON.parse(result.value));
    },
    startProfile: async () => {
      await send('Profiler.enable');
      await send('Profiler.setSamplingInterval', { interval: SAMPLE_INTERVAL_MICROSECONDS });
      await send('Profiler.start');
    },
    stopProfile: async () => profiled.parse(await send('Profiler.stop')).profile,
    close: () => socket.close(),
  };
}

function sender(socket: WebSocket) {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = reply.parse(JSON.parse(String(data)));
    const waiter = id === undefined ? undefined : waiting.get(id);
    if (waiter === undefined || id === undefined) return;
    waiting.delete(id);
    if (error === undefined) waiter.resolve(result);
    else waiter.reject(new Error(error.message));
  });
  socket.addEventListener('close', () => {
    for (const waiter of waiting.values())
      waiter.reject(new Error('The inspector closed the connection'));
  });
  return (method: string, params: object = {}): Promise<unknown> => {
    const waiter = Promise.withResolvers<unknown>();
    lastId += 1;
    waiting.set(lastId, waiter);
    socket.send(JSON.stringify({ id: lastId, method, params }));
    return waiter.promise;
  };
}
