import { basename } from 'node:path';
import JsdomModule from 'jest-environment-jsdom';
import NodeModule from 'jest-environment-node';

const JsdomEnvironment = JsdomModule.default ?? JsdomModule;
const NodeEnvironment = NodeModule.default ?? NodeModule;

// Jest waits 500 ms for the end of a worker that has no more work, then reports that it failed to
// exit. Without this, Node first frees its heap of hundreds of megabytes, which takes as long.
if (basename(process.argv[1] ?? '') === 'processChild.js') {
  process.once('beforeExit', () => process.exit());
}

/**
 * Globals of Node that jsdom lacks and browsers have. Never lend `MessageChannel`: the scheduler of
 * React would use it, and its open port keeps Jest from ending.
 */
const LENT = [
  'AbortController',
  'AbortSignal',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TextDecoder',
  'TextEncoder',
  'TransformStream',
  'WritableStream',
  'fetch',
  'structuredClone',
];

/** jsdom with the globals that the browser side uses. For `*.test.tsx`. */
class BrowserEnvironment extends JsdomEnvironment {
  constructor(config, context) {
    super({ ...config, projectConfig: withUrl(config.projectConfig) }, context);
  }

  async setup() {
    await super.setup();
    for (const name of LENT) this.global[name] = globalThis[name];
    // An open channel would keep the process alive.
    this.global.BroadcastChannel = class extends globalThis.BroadcastChannel {
      constructor(name) {
        super(name);
        this.unref();
      }
    };
    ignoreStyleElements(this.global.document);
    this.global.matchMedia = (media) => ({
      media,
      matches: false,
      addEventListener() {},
      removeEventListener() {},
      addListener() {},
      removeListener() {},
    });
    this.global.ResizeObserver = class {
      observe() {}
      unobserve() {}
      disconnect() {}
    };
    // EUI measures text with a canvas.
    this.global.HTMLCanvasElement.prototype.getContext = () => ({
      font: '',
      measureText: (text) => ({ width: text.length * 8 }),
    });
    this.global.HTMLElement.prototype.scrollTo ??= () => {};
    this.global.HTMLElement.prototype.scrollIntoView ??= () => {};
  }

  /** Packages must give the same build as in Node: their browser builds are bundles. */
  exportConditions() {
    return ['node', 'import'];
  }
}

/**
 * Keeps jsdom from reading the style sheets that Emotion writes: queries by role compare each rule
 * with each element and its ancestors. Computed styles follow attributes and the style sheet of the
 * browser only; layout and colors are tested in Chromium.
 */
function ignoreStyleElements(document) {
  const createElement = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const element = createElement(name, options);
    if (name === 'style') element.type = 'text/ignored';
    return element;
  };
}

function withUrl(projectConfig) {
  const { testEnvironmentOptions } = projectConfig;
  return {
    ...projectConfig,
    testEnvironmentOptions: { url: 'http://localhost:5601/', ...testEnvironmentOptions },
  };
}

/** Environment of a test file: a browser for `*.test.tsx`, Node for all others. */
export default class Environment {
  constructor(config, context) {
    const Chosen = context.testPath.endsWith('.tsx') ? BrowserEnvironment : NodeEnvironment;
    // biome-ignore lint/correctness/noConstructorReturn: Jest creates the environment with `new`.
    return new Chosen(config, context);
  }
}
