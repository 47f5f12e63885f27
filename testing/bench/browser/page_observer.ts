/** Times and cost of one page load. */
export interface PageLoad {
  /** Milliseconds from the navigation to the first paint with content. */
  readonly firstPaintMs: number;
  /** Milliseconds from the navigation to the frame after the first row of the table was added. */
  readonly rowsMs: number;
  /**
   * Milliseconds from the navigation to the beginning and to the end of the request for the rows.
   */
  readonly dataFromMs: number;
  readonly dataUntilMs: number;
  /**
   * CPU time of the main thread until the rows were shown, in milliseconds. Of all figures, it
   * depends least on other programs.
   */
  readonly cpuMs: number;
  /**
   * CPU time of all processes of Chromium until the rows were shown, in milliseconds. It includes
   * the threads that compile scripts and draw.
   */
  readonly allCpuMs: number;
  /** Milliseconds in tasks of more than 50 ms until the rows were shown. */
  readonly longTasksMs: number;
  readonly longestTaskMs: number;
  /** Number of requests until the rows were shown, including that of the page itself. */
  readonly requests: number;
  /** Bytes that were received for these requests, with headers. */
  readonly receivedBytes: number;
  /** Bytes of the response with the rows, as received and after decompression. */
  readonly dataBytes: number;
  readonly dataTextBytes: number;
}

/** Times of one keystroke in the search, in milliseconds from pressing the key. */
export interface Keystroke {
  /** Time until the frame with the changed number of rows. */
  readonly rowsMs: number;
  /** CPU time of the main thread for the keystroke. */
  readonly cpuMs: number;
  /** Time until the next frame after the key, in which the search field has changed. */
  readonly inputMs: number;
}

/** Part of the URL of the request for the rows. */
const DATA_PATH = '/_me/overview';

/**
 * Script that a page runs before its own scripts. It only reads timestamps of the browser, so that
 * code of the web app does not affect the measurement.
 */
export const OBSERVER = `(() => {
  const longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries()))
    .observe({ type: 'longtask', buffered: true });
  const afterFrame = (callback) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => callback(performance.now());
    port2.postMessage(undefined);
  });
  const firstPaint = new Promise((resolve) => {
    new PerformanceObserver((list) => {
      const [entry] = list.getEntriesByName('first-contentful-paint');
      if (entry !== undefined) resolve(entry.startTime);
    }).observe({ type: 'paint', buffered: true });
  });
  let shown;
  const rows = new Promise((resolve) => { shown = resolve; });
  const observer = new MutationObserver(() => {
    if (document.querySelector('main tbody tr button') === null) return;
    observer.disconnect();
    afterFrame(shown);
  });
  observer.observe(document, { childList: true, subtree: true });
  globalThis.latchkeyBench = {
    load: async () => {
      const rowsMs = await rows;
      const [page] = performance.getEntriesByType('navigation');
      const all = [page, ...performance.getEntriesByType('resource')];
      const before = all.filter(({ startTime }) => startTime < rowsMs);
      const data = all.find(({ name }) => name.includes('${DATA_PATH}'));
      const tasks = longTasks.filter(({ startTime }) => startTime < rowsMs);
      return {
        // The browser reports this paint after its frame, so the report may come after the rows are
        // shown.
        firstPaintMs: await firstPaint,
        rowsMs,
        dataFromMs: data.startTime,
        dataUntilMs: data.responseEnd,
        longTasksMs: tasks.reduce((sum, { duration }) => sum + duration, 0),
        longestTaskMs: Math.max(0, ...tasks.map(({ duration }) => duration)),
        requests: before.length,
        receivedBytes: before.reduce((sum, { transferSize }) => sum + transferSize, 0),
        dataBytes: data.encodedBodySize,
        dataTextBytes: data.decodedBodySize,
      };
    },
    nextKeystroke: () => new Promise((resolve) => {
      // textContent is used, because innerText would force a layout after each change.
      const count = () => [...document.querySelectorAll('main p')]
        .find(({ textContent }) => /^[\\d,]+ connectors?$/.test(textContent))?.textContent;
      const before = count();
      addEventListener('keydown', (event) => {
        let inputMs;
        afterFrame((at) => { inputMs = at - event.timeStamp; });
        const changes = new MutationObserver(() => {
          if (count() === before) return;
          changes.disconnect();
          afterFrame((at) => resolve({ inputMs: inputMs ?? at - event.timeStamp, rowsMs: at - event.timeStamp }));
        });
        changes.observe(document.querySelector('main'), { childList: true, characterData: true, subtree: true });
      }, { capture: true, once: true });
    }),
  };
})();`;
