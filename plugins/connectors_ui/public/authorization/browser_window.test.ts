import { expect, it } from 'vitest';
import { windowFeatures } from './browser_window.ts';

it('the window of an attempt has 600 × 760 pixels in the middle of the screen', () => {
  const features = windowFeatures({ availWidth: 1600, availHeight: 1000 });
  expect(features).toBe('popup,width=600,height=760,left=500,top=120');
});

it('the window of an attempt fits on a small screen', () => {
  const features = windowFeatures({ availWidth: 400, availHeight: 640 });
  expect(features).toBe('popup,width=400,height=640,left=0,top=0');
});

it('the window of an attempt opens on the screen on which the browser is', () => {
  const features = windowFeatures({
    availWidth: 1600,
    availHeight: 1000,
    availLeft: 1920,
    availTop: 40,
  });
  expect(features).toBe('popup,width=600,height=760,left=2420,top=160');
});
