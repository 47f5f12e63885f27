import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepFocus } from './keep_focus.ts';

let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `
    <a href="#main">Skip</a>
    <main tabindex="-1">
      <h1>Page</h1>
      <button id="retry">Try again</button>
      <div role="group" id="drive">
        <h3>Drive</h3>
        <div inert><button>Hidden</button></div>
        <div id="controls"><button id="connect">Connect</button></div>
        <button id="menu">More actions</button>
      </div>
      <section><h2>Sessions</h2><button id="end">End</button></section>
    </main>`;
  const main = document.querySelector('main');
  if (main === null) throw new Error('no frame');
  stop = keepFocus(main);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const element = (id: string): HTMLButtonElement => {
  const found = document.getElementById(id);
  if (!(found instanceof HTMLButtonElement)) throw new Error(`no button ${id}`);
  return found;
};
const focused = (): string | null | undefined =>
  document.activeElement === document.body ? 'nothing' : document.activeElement?.textContent;

/** Gives the observer time to see changes of the page, and dialogs time to return the focus. */
const settle = () => vi.advanceTimersByTimeAsync(1000);

it.each([
  ['an element of the same part of the page', 'connect', 'More actions'],
  ['the heading of a part that has no other element', 'end', 'Sessions'],
  ['the main heading when the element was in no part', 'retry', 'Page'],
])('keepFocus moves the focus of a removed element to %s', async (_where, id, expected) => {
  element(id).focus();
  element(id).remove();
  await settle();
  expect(focused()).toBe(expected);
});

it('keepFocus prefers an element that has replaced the removed one', async () => {
  element('connect').focus();
  const controls = document.getElementById('controls');
  if (controls !== null) controls.innerHTML = '<button>Reconnect</button>';
  await settle();
  expect(focused()).toBe('Reconnect');
});

it('keepFocus leaves the focus where a dialog has returned it', async () => {
  element('end').focus();
  element('end').remove();
  element('retry').focus();
  await settle();
  expect(focused()).toBe('Try again');
});

it('keepFocus returns the focus to a button that was disabled during its action', async () => {
  const button = element('retry');
  button.focus();
  button.disabled = true;
  await settle();
  // Browsers take the focus from disabled elements; jsdom does not.
  button.blur();
  button.disabled = false;
  await settle();
  expect(focused()).toBe('Try again');
});

it('keepFocus does not move the focus after a click outside of all controls', async () => {
  element('retry').focus();
  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  element('retry').blur();
  element('retry').remove();
  await settle();
  expect(focused()).toBe('nothing');
});
