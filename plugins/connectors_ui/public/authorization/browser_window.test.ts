import { expect, it } from '@jest/globals';
import { windowFeatures } from './browser_window.ts';

it('places a window of 600 × 760 in the middle of the screen', () => {
  const features = windowFeatures({ availWidth: 1600, availHeight: 1000 });
  expect(features).toBe('popup,width=600,height=760,left=500,top=120');
});

it('clamps the window to a small screen', () => {
  const features = windowFeatures({ availWidth: 400, availHeight: 640 });
  expect(features).toBe('popup,width=400,height=640,left=0,top=0');
});

it('stays on the second screen', () => {
  const features = windowFeatures({
    availWidth: 1600,
    availHeight: 1000,
    availLeft: 1920,
    availTop: 40,
  });
  expect(features).toBe('popup,width=600,height=760,left=2420,top=160');
});
