import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach } from 'vitest';

// The default of one second is too short for pages that load code on a busy machine.
configure({ asyncUtilTimeout: 30_000 });

afterEach(cleanup);

// Test files share one document: what a file leaves in it must not reach the next one.
afterAll(() => {
  document.body.replaceChildren();
  document.title = '';
  window.localStorage.clear();
  window.sessionStorage.clear();
  window.history.replaceState(null, '', '/');
});
